// A library of custom operators: ai.onnx.contrib:Twice doubles a vector of floats.
#define ORT_API_MANUAL_INIT
#include <onnxruntime_cxx_api.h>

namespace {

struct TwiceKernel {
  void Compute(OrtKernelContext* context) {
    Ort::KernelContext kernel(context);
    const auto x = kernel.GetInput(0);
    const auto shape = x.GetTensorTypeAndShapeInfo().GetShape();
    auto y = kernel.GetOutput(0, shape);
    for (int64_t i = 0; i < shape[0]; ++i) y.GetTensorMutableData<float>()[i] = 2 * x.GetTensorData<float>()[i];
  }
};

struct Twice : Ort::CustomOpBase<Twice, TwiceKernel> {
  void* CreateKernel(const OrtApi&, const OrtKernelInfo*) const { return new TwiceKernel; }
  const char* GetName() const { return "Twice"; }
  size_t GetInputTypeCount() const { return 1; }
  ONNXTensorElementDataType GetInputType(size_t) const { return ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT; }
  size_t GetOutputTypeCount() const { return 1; }
  ONNXTensorElementDataType GetOutputType(size_t) const { return ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT; }
};

}  // namespace

extern "C" OrtStatus* RegisterCustomOps(OrtSessionOptions* options, const OrtApiBase* base) {
  Ort::InitApi(base->GetApi(ORT_API_VERSION));
  static const Twice twice;
  static Ort::CustomOpDomain domain("ai.onnx.contrib");
  domain.Add(&twice);
  Ort::UnownedSessionOptions(options).Add(domain);
  return nullptr;
}
