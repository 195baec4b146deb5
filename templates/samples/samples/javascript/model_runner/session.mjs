/** Sessions of ONNX Runtime, and what they take and return. */

import { printable, SampleError } from './messages.mjs';
import { fromTensor, isSupported, SUPPORTED } from './tensors.mjs';

/**
 * Open a session on the first of the providers that the settings ask for.
 *
 * `create` takes session options; `supported` names the providers that this ONNX Runtime
 * has, since it drops others without failing. With `allowFallback` the next ones are tried.
 */
export async function openSession(create, settings, { supported, allowFallback, note }) {
  const [wanted] = settings.providers;
  const usable = settings.providers.filter(({ name }) => supported.includes(name));
  if (!allowFallback && !supported.includes(wanted.name)) {
    throw new SampleError(
      `the execution provider ${printable(wanted.name)} is not in this ONNX Runtime, which has ` +
        `${supported.join(', ')}. Allow a fallback to run on another.`,
    );
  }
  if (usable.at(-1)?.name !== 'cpu') usable.push({ name: 'cpu' });
  for (let first = 0; ; first += 1) {
    const executionProviders = usable.slice(first);
    try {
      const session = await create({ ...settings.options, executionProviders });
      return { session, provider: executionProviders[0].name };
    } catch (error) {
      if (!allowFallback || executionProviders.length === 1) {
        throw new SampleError(`cannot load the model on ${executionProviders[0].name}: ${printable(error.message)}`);
      }
      note(`not on ${executionProviders[0].name}: ${printable(error.message)}`);
    }
  }
}

const NOT_READ = ['int4', 'uint4']; // loaded all the same

/** Why JavaScript cannot run a model of this signature; null where it can. */
export function refusal({ inputs, outputs, customOps }) {
  if (customOps.length) {
    return `it has operators of ${printable(customOps.join(', '))}, whose library it cannot register`;
  }
  const unloaded = [...inputs, ...outputs].find(
    ({ kind, dtype }) => kind === 'tensor' && !isSupported(dtype) && !NOT_READ.includes(dtype),
  );
  if (unloaded) {
    return (
      `of ${printable(unloaded.name)}: it does not load models that take or return ${unloaded.dtype}, ` +
      `but ${SUPPORTED.join(', ')}`
    );
  }
  const unfed = inputs.find((input) => !isReadable(input.kind === 'optional' ? input.element : input));
  if (unfed) return `of the input ${printable(unfed.name)}: it cannot make a ${unfed.kind} of this type`;
  return outputs.some(isReadable) ? null : 'it can read none of the outputs';
}

function isReadable({ kind, dtype }) {
  return kind === 'tensor' && isSupported(dtype);
}

/**
 * What a session takes (`parameters`), which outputs can be read, and which are left out.
 *
 * `declared` are the model's inputs as rendered. They tell what ONNX Runtime does not: what
 * an optional input holds, and that a rank is unknown (a shape of null).
 */
export function describeSession(session, declared) {
  const parameters = session.inputMetadata.map((input) => {
    const known = declared.find(({ name }) => name === input.name);
    const type = known?.kind === 'optional' ? known.element : known;
    const isTensor = input.isTensor || type?.kind === 'tensor';
    const dtype = input.isTensor ? input.type : type?.dtype;
    if (!isTensor || !isSupported(dtype)) {
      throw new SampleError(`JavaScript cannot make the input ${printable(input.name)}`);
    }
    const shape = type?.shape === null ? null : (input.shape ?? type.shape);
    return { name: input.name, dtype, shape: shape && shape.map((length) => length ?? '') };
  });
  const readable = session.outputMetadata
    .filter(({ isTensor, type }) => isTensor && isSupported(type))
    .map(({ name }) => name);
  const leftOut = session.outputNames.filter((name) => !readable.includes(name));
  return { parameters, readable, leftOut };
}

/** Run a session and return those outputs that can be read, as in JSON. */
export async function runSession(session, feeds, readable) {
  if (!readable.length) throw new SampleError('JavaScript can read none of the outputs');
  let results;
  try {
    results = await session.run(feeds, readable);
  } catch (error) {
    throw new SampleError(`the model failed: ${printable(error.message)}`);
  }
  return readable.map((name) => {
    if (!Object.hasOwn(results, name)) throw new SampleError(`no output ${printable(name)} was returned`);
    return { name, ...fromTensor(results[name]) };
  });
}
