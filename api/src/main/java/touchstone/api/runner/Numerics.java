package touchstone.api.runner;

import java.util.Map;

/** The environment in which every runner starts a job's commands, so that all compute the same bits. */
public final class Numerics {

    /** As the launcher sets it for evaluate: another instruction set gives other bits; idle threads must not spin. */
    public static final Map<String, String> ENVIRONMENT = Map.of(
            "ATEN_CPU_CAPABILITY",
            "avx2",
            "ONEDNN_MAX_CPU_ISA",
            "AVX2",
            "MKL_CBWR",
            "AVX2",
            "OMP_WAIT_POLICY",
            "PASSIVE",
            "CUBLAS_WORKSPACE_CONFIG",
            ":4096:8",
            "NVIDIA_TF32_OVERRIDE",
            "0",
            "CUDA_DEVICE_ORDER",
            "PCI_BUS_ID");

    private Numerics() {}
}
