package modelrunner;

import java.util.Arrays;

/**
 * An input or an output of the model.
 *
 * @param name its name in the model
 * @param type its type in words, as in float32[batch, 3]
 * @param dtype the element type of a tensor, null for what is none; of an optional, that of its value
 * @param shape sizes of a tensor, -1 for a free one; null for an unknown rank and for what is no tensor
 * @param optional whether it may be without a value
 * @param gap what ONNX Runtime's Java API lacks for it; empty for nothing
 */
record Argument(String name, String type, String dtype, long[] shape, boolean optional, String gap) {
    @Override
    public String toString() {
        return SampleException.printable("'" + name + "' (" + type + ")");
    }

    boolean fits(long[] given) {
        if (shape == null) {
            return true;
        }
        if (given.length != shape.length) {
            return false;
        }
        for (int axis = 0; axis < shape.length; axis++) {
            if (shape[axis] >= 0 && shape[axis] != given[axis]) {
                return false;
            }
        }
        return true;
    }

    /** Checks a value that is to be fed; the caller says for which input. */
    void check(Value.Tensor tensor) throws SampleException {
        if (!tensor.dtype().toString().equals(dtype)) {
            throw new SampleException("got " + tensor.dtype());
        }
        if (!fits(tensor.shape())) {
            throw new SampleException("got the shape " + Arrays.toString(tensor.shape()));
        }
    }
}
