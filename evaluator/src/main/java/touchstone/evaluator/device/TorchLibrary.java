package touchstone.evaluator.device;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;

/**
 * What libtorch can do and DJL has no call for: fused optimizer steps over all tensors at once, and the switches for
 * deterministic computation. The symbols are those of libtorch 2.7.1, C++ names and all; each is looked up once and missing ones
 * are a fault at the start, never a silent other way.
 */
public final class TorchLibrary {

    /** {@code c10::ArrayRef<at::Tensor>}: where the tensors are, and how many. */
    private static final MemoryLayout TENSOR_LIST =
            MemoryLayout.structLayout(ValueLayout.ADDRESS, ValueLayout.JAVA_LONG);

    /** {@code std::optional<at::Tensor>} that holds nothing. */
    private static final int EMPTY_OPTIONAL_BYTES = 16;

    private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE;
    private static final ValueLayout.OfBoolean BOOLEAN = ValueLayout.JAVA_BOOLEAN;
    private static final ValueLayout ADDRESS = ValueLayout.ADDRESS;

    private static final String FUSED_SGD =
            "_ZN2at4_ops11_fused_sgd_4callEN3c108ArrayRefINS_6TensorEEES5_S5_ddddbbbRKSt8optionalIS4_ES9_";
    private static final String FUSED_ADAM =
            "_ZN2at4_ops12_fused_adam_4callEN3c108ArrayRefINS_6TensorEEES5_S5_S5_S5_S5_dddddbbRKSt8optionalIS4_ES9_";
    private static final String FUSED_ADAMW =
            "_ZN2at4_ops13_fused_adamw_4callEN3c108ArrayRefINS_6TensorEEES5_S5_S5_S5_S5_dddddbbRKSt8optionalIS4_ES9_";
    private static final String CPU_CAPABILITY = "_ZN2at18get_cpu_capabilityB5cxx11Ev";
    private static final String LERP =
            "_ZN2at4_ops21_foreach_lerp__Scalar4callEN3c108ArrayRefINS_6TensorEEES5_RKNS2_6ScalarE";
    private static final String ZERO = "_ZN2at4_ops14_foreach_zero_4callEN3c108ArrayRefINS_6TensorEEE";

    private final Linker linker = Linker.nativeLinker();
    private final SymbolLookup symbols = SymbolLookup.loaderLookup();
    private final MemorySegment nothing = Arena.global().allocate(EMPTY_OPTIONAL_BYTES);
    private final Tensors none = new Tensors(List.of());
    private final MethodHandle fusedSgd;
    private final MethodHandle fusedAdam;
    private final MethodHandle fusedAdamW;
    private final MethodHandle lerp;
    private final MethodHandle zero;

    /** The library must have been loaded. Throws {@link IllegalStateException} when it is not the one that is known. */
    TorchLibrary() {
        MemoryLayout list = TENSOR_LIST;
        fusedSgd = find(
                FUSED_SGD, list, list, list, DOUBLE, DOUBLE, DOUBLE, DOUBLE, BOOLEAN, BOOLEAN, BOOLEAN, ADDRESS,
                ADDRESS);
        MemoryLayout[] adam = {
            list, list, list, list, list, list, DOUBLE, DOUBLE, DOUBLE, DOUBLE, DOUBLE, BOOLEAN, BOOLEAN, ADDRESS,
            ADDRESS
        };
        fusedAdam = find(FUSED_ADAM, adam);
        fusedAdamW = find(FUSED_ADAMW, adam);
        lerp = find(LERP, list, list, ADDRESS);
        zero = find(ZERO, list);
    }

    private MethodHandle find(String name, MemoryLayout... arguments) {
        return linker.downcallHandle(symbol(name), FunctionDescriptor.ofVoid(arguments));
    }

    private MemorySegment symbol(String name) {
        return symbols.find(name)
                .orElseThrow(
                        () -> new IllegalStateException("libtorch has no '" + name + "': it is not version 2.7.1"));
    }

    /** Tensors in native order, for calls that take many at once; valid as long as the arrays are open. */
    public static final class Tensors {
        private final MemorySegment list = Arena.ofAuto().allocate(TENSOR_LIST);
        private final MemorySegment tensors;
        private final List<NDArray> arrays;

        public Tensors(List<NDArray> arrays) {
            this.arrays = List.copyOf(arrays);
            this.tensors = Arena.ofAuto().allocate(ValueLayout.JAVA_LONG, Math.max(1, arrays.size()));
            for (int i = 0; i < arrays.size(); i++) {
                // DJL's handle is the address of an at::Tensor, which holds one pointer.
                long handle = ((PtNDArray) arrays.get(i)).getHandle();
                long tensor = MemorySegment.ofAddress(handle).reinterpret(8).get(ValueLayout.JAVA_LONG, 0);
                tensors.setAtIndex(ValueLayout.JAVA_LONG, i, tensor);
            }
            list.set(ValueLayout.ADDRESS, 0, tensors);
            list.set(ValueLayout.JAVA_LONG, 8, arrays.size());
        }

        public int size() {
            return arrays.size();
        }
    }

    /**
     * One step of SGD as PyTorch defines it, in place. {@code momenta} is empty where momentum is 0, else starts at zeros.
     * Gradient mode must be off.
     */
    public void sgd(
            Tensors parameters,
            Tensors gradients,
            Tensors momenta,
            double weightDecay,
            double momentum,
            double rate,
            boolean nesterov) {
        try {
            fusedSgd.invokeExact(
                    parameters.list,
                    gradients.list,
                    momenta.list,
                    weightDecay,
                    momentum,
                    rate,
                    0.0,
                    nesterov,
                    false,
                    false,
                    nothing,
                    nothing);
        } catch (Throwable e) {
            throw new IllegalStateException("a step of SGD", e);
        }
    }

    /** {@code steps}: a float32 scalar for each parameter, the number of this step, counted from 1. */
    public record AdamState(Tensors means, Tensors squares, Tensors steps) {}

    /** One step of Adam (Kingma and Ba, 2015), or of AdamW (Loshchilov and Hutter, 2019) where {@code decoupled}, in place. */
    public void adam(
            Tensors parameters,
            Tensors gradients,
            AdamState state,
            boolean decoupled,
            double rate,
            double beta1,
            double beta2,
            double weightDecay,
            double epsilon) {
        try {
            (decoupled ? fusedAdamW : fusedAdam)
                    .invokeExact(
                            parameters.list,
                            gradients.list,
                            state.means().list,
                            state.squares().list,
                            none.list,
                            state.steps().list,
                            rate,
                            beta1,
                            beta2,
                            weightDecay,
                            epsilon,
                            false,
                            false,
                            nothing,
                            nothing);
        } catch (Throwable e) {
            throw new IllegalStateException("a step of Adam", e);
        }
    }

    /** {@code tensors + share * (toward - tensors)}, in place. */
    public void lerp(Tensors tensors, Tensors toward, double share) {
        try (Arena arena = Arena.ofConfined()) {
            // A c10::Scalar that holds a double: its kind (0), then the number at the next multiple of 16 bytes.
            MemorySegment scalar = arena.allocate(32, 16);
            scalar.set(ValueLayout.JAVA_DOUBLE, 16, share);
            lerp.invokeExact(tensors.list, toward.list, scalar);
        } catch (Throwable e) {
            throw new IllegalStateException("averaging weights", e);
        }
    }

    /** Fills all with zeros. */
    public void zero(Tensors tensors) {
        try {
            zero.invokeExact(tensors.list);
        } catch (Throwable e) {
            throw new IllegalStateException("clearing gradients", e);
        }
    }

    /** The branch of MKL's code that is taken, as its header mkl_service.h numbers them: 10 is AVX2. */
    int mklBranch() {
        try {
            // MKL_CBWR_BRANCH: which branch, without the flags.
            return (int) linker.downcallHandle(
                            symbol("mkl_serv_cbwr_get"),
                            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT))
                    .invokeExact(1);
        } catch (Throwable e) {
            throw new IllegalStateException("asking for MKL's branch", e);
        }
    }

    /**
     * Makes numbers below float32's normal range 0, on the calling thread and those it starts. Processors take many times as
     * long for them, and data that are learnt by heart are full of them: a step of resnet9 was measured at eight times its
     * usual length.
     */
    void flushDenormals() {
        try {
            MethodHandle set = linker.downcallHandle(
                    symbol("_ZN2at7Context16setFlushDenormalEb"), FunctionDescriptor.of(BOOLEAN, ADDRESS, BOOLEAN));
            if (!(boolean) set.invokeExact(context(), true)) {
                throw new IllegalStateException("this processor cannot flush denormal numbers");
            }
        } catch (IllegalStateException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("flushing denormal numbers", e);
        }
    }

    private MemorySegment context() throws Throwable {
        return (MemorySegment)
                linker.downcallHandle(symbol("_ZN2at13globalContextEv"), FunctionDescriptor.of(ValueLayout.ADDRESS))
                        .invokeExact();
    }

    /** One switch of {@code at::Context}: how it is set, what to, and how it is read back. */
    private record Switch(String set, boolean on, String get) {}

    private static final List<Switch> DETERMINISTIC = List.of(
            new Switch("_ZN2at7Context21setDeterministicCuDNNEb", true, "_ZNK2at7Context18deterministicCuDNNEv"),
            new Switch("_ZN2at7Context17setBenchmarkCuDNNEb", false, "_ZNK2at7Context14benchmarkCuDNNEv"),
            new Switch("_ZN2at7Context17setAllowTF32CuDNNEb", false, "_ZNK2at7Context14allowTF32CuDNNEv"),
            new Switch("_ZN2at7Context18setAllowTF32CuBLASEb", false, "_ZNK2at7Context15allowTF32CuBLASEv"));

    /**
     * Every operation in the one order that gives the same bits, full float32 and no search for quicker kernels; an operation
     * that cannot is an error, as long as {@code only} such are allowed. Throws {@link IllegalStateException} where a switch does not stay as it was set.
     */
    void computeDeterministically(boolean only) {
        try {
            MemorySegment global = context();
            linker.downcallHandle(
                            symbol("_ZN2at7Context26setDeterministicAlgorithmsEbb"),
                            FunctionDescriptor.ofVoid(ADDRESS, BOOLEAN, BOOLEAN))
                    .invokeExact(global, only, false);
            demand("_ZNK2at7Context23deterministicAlgorithmsEv", only, global);
            for (Switch one : DETERMINISTIC) {
                linker.downcallHandle(symbol(one.set()), FunctionDescriptor.ofVoid(ADDRESS, BOOLEAN))
                        .invokeExact(global, one.on());
                demand(one.get(), one.on(), global);
            }
        } catch (IllegalStateException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("making the engine deterministic", e);
        }
    }

    private void demand(String get, boolean wanted, MemorySegment global) throws Throwable {
        boolean found = (boolean) linker.downcallHandle(symbol(get), FunctionDescriptor.of(BOOLEAN, ADDRESS))
                .invokeExact(global);
        if (found != wanted)
            throw new IllegalStateException("libtorch does not keep the switch that " + get + " reads");
    }

    /** The instruction set that the CPU's kernels were chosen for, such as {@code AVX2}. */
    String cpuCapability() {
        MethodHandle get = linker.downcallHandle(symbol(CPU_CAPABILITY), FunctionDescriptor.ofVoid(ADDRESS));
        try (Arena arena = Arena.ofConfined()) {
            // A std::string: where its characters are, how many, and room for short ones, in which these words fit.
            MemorySegment text = arena.allocate(32, 8);
            get.invokeExact(text);
            long length = text.get(ValueLayout.JAVA_LONG, 8);
            return text.get(ValueLayout.ADDRESS, 0).reinterpret(length + 1).getString(0);
        } catch (Throwable e) {
            throw new IllegalStateException("asking for the instruction set", e);
        }
    }
}
