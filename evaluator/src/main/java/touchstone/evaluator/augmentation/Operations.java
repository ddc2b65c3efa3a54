package touchstone.evaluator.augmentation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import touchstone.spec.catalogue.Operation;
import touchstone.spec.strategy.Strategy.Action;
import touchstone.spec.strategy.Strategy.Step;
import touchstone.spec.task.TaskFile.Input;

/**
 * The catalogue's operations, each on a batch of which every place takes part. Java makes a few numbers a place, the device
 * all pixels.
 */
final class Operations {

    /** Of images at once: what lies between them and the result is several times their size. */
    private static final int PART_PIXELS = 1 << 22;

    /** Where it is many times their size; then little enough for a processor's cache. */
    private static final int SMALL_PART_PIXELS = 1 << 16;

    /** Height through width of an erased box, as Zhong et al. draw it. */
    private static final double ERASE_RATIO_MIN = 0.3;

    private final Pixels pixels;
    private final Input input;
    private final Geometry geometry;
    private final Filters filters;
    private final @Nullable Bank gaussian;
    private final @Nullable Bank uniform;

    Operations(List<Step> steps, Pixels pixels, NDManager manager) {
        this.pixels = pixels;
        this.input = pixels.input();
        this.geometry = new Geometry(pixels);
        this.filters = new Filters(pixels);
        Set<Operation> used = used(steps);
        this.gaussian = used.contains(Operation.NOISE) ? Bank.gaussian(input, manager) : null;
        this.uniform = used.contains(Operation.ERASE) ? Bank.uniform(input, manager) : null;
    }

    private static Set<Operation> used(List<Step> steps) {
        Set<Operation> used = EnumSet.noneOf(Operation.class);
        for (Step step : steps) step.action().operations().forEach(used::add);
        return used;
    }

    /** How many places at once an operation should be given. */
    int places(Operation operation) {
        boolean small = operation == Operation.EQUALIZE || operation == Operation.DENOISE;
        return Math.max(1, (small ? SMALL_PART_PIXELS : PART_PIXELS) / input.pixels());
    }

    /** @param draws of each place of {@code images} */
    NDArray changed(NDArray images, Action.Apply action, Draws[] draws) {
        return switch (action.operation()) {
            case FLIP -> geometry.flip(images, action.word().equals("horizontal"));
            case TRANSLATE ->
                geometry.shift(images, shifts(action, draws, Draws.FIRST), shifts(action, draws, Draws.SECOND));
            case CROP ->
                geometry.shiftIntoBlack(
                        images, shifts(action, draws, Draws.FIRST), shifts(action, draws, Draws.SECOND));
            case ROTATE -> rotate(images, amounts(action, draws));
            case SCALE -> scale(images, amounts(action, draws));
            case SHEAR -> shear(images, amounts(action, draws));
            case GAMMA -> Tones.gamma(images, column(images, amounts(action, draws)));
            case BRIGHTNESS -> Tones.brightness(images, column(images, amounts(action, draws)));
            case CONTRAST -> Tones.contrast(images, column(images, amounts(action, draws)));
            case AUTOCONTRAST -> Tones.autocontrast(images);
            case EQUALIZE -> Tones.equalize(images, pixels);
            case INVERT -> Tones.invert(images);
            case POSTERIZE -> Tones.posterize(images, (int) action.from());
            case SOLARIZE -> Tones.solarize(images, column(images, amounts(action, draws)));
            case SHARPEN -> filters.sharpen(images, column(images, amounts(action, draws)));
            case BLUR -> filters.blur(images, amounts(action, draws));
            case DENOISE -> denoise(images, action, draws);
            case NOISE -> noise(images, action, draws);
            case CUTOUT -> cutout(images, (int) action.from(), draws);
            case ERASE -> erase(images, action, draws);
            case MIXUP, CUTMIX ->
                throw new IllegalArgumentException(action.operation().word() + " needs partners");
        };
    }

    private static double[] amounts(Action.Apply action, Draws[] draws) {
        return Stream.of(draws)
                .mapToDouble(draw -> draw.between(action.from(), action.to(), Draws.FIRST))
                .toArray();
    }

    /** [place, 1, 1, 1]. */
    private static NDArray column(NDArray images, double[] values) {
        float[] column = new float[values.length];
        for (int b = 0; b < column.length; b++) column[b] = (float) values[b];
        return images.getManager().create(column, new Shape(column.length, 1, 1, 1));
    }

    /** Whole pixels from minus the amount to the amount. */
    private static double[] shifts(Action.Apply action, Draws[] draws, int purpose) {
        int most = (int) action.from();
        return Stream.of(draws)
                .mapToDouble(draw -> draw.below(2 * most + 1, purpose) - most)
                .toArray();
    }

    /** Counter-clockwise: what is right goes up, and rows count downward. */
    private NDArray rotate(NDArray images, double[] degrees) {
        double[] cosine = each(degrees, angle -> StrictMath.cos(StrictMath.toRadians(angle)));
        double[] sine = each(degrees, angle -> StrictMath.sin(StrictMath.toRadians(angle)));
        return geometry.affine(images, cosine, each(sine, value -> -value), sine, cosine);
    }

    private NDArray scale(NDArray images, double[] factors) {
        double[] inverse = each(factors, factor -> 1 / factor);
        double[] none = new double[factors.length];
        return geometry.affine(images, inverse, none, none, inverse);
    }

    private NDArray shear(NDArray images, double[] degrees) {
        double[] one = each(degrees, angle -> 1);
        double[] none = new double[degrees.length];
        double[] slant = each(degrees, angle -> StrictMath.tan(StrictMath.toRadians(angle)));
        return geometry.affine(images, one, slant, none, one);
    }

    private static double[] each(double[] values, DoubleUnaryOperator operator) {
        return Arrays.stream(values).map(operator).toArray();
    }

    private NDArray denoise(NDArray images, Action.Apply action, Draws[] draws) {
        return switch (action.word()) {
            case "median" -> filters.median(images, (int) action.from());
            case "gaussian" -> filters.blur(images, amounts(action, draws));
            default -> throw new IllegalArgumentException(action.word());
        };
    }

    private NDArray noise(NDArray images, Action.Apply action, Draws[] draws) {
        NDArray deviation = column(images, amounts(action, draws));
        return bank(gaussian)
                .read(draws, images.getManager())
                .mul(deviation)
                .add(images)
                .clip(0, 1);
    }

    private static Bank bank(@Nullable Bank bank) {
        if (bank == null) throw new IllegalStateException("no bank was made for this operation");
        return bank;
    }

    private NDArray cutout(NDArray images, int side, Draws[] draws) {
        List<Box> boxes = Stream.of(draws)
                .map(draw -> Box.around(input, side, side, draw))
                .toList();
        Shape shape = images.getShape();
        NDArray inside = Box.masks(boxes, pixels, images.getManager());
        return NDArrays.where(inside.broadcast(shape), Tones.mean(images).broadcast(shape), images);
    }

    private NDArray erase(NDArray images, Action.Apply action, Draws[] draws) {
        List<Box> boxes = Stream.of(draws).map(draw -> erased(action, draw)).toList();
        NDManager manager = images.getManager();
        NDArray inside = Box.masks(boxes, pixels, manager).broadcast(images.getShape());
        return NDArrays.where(inside, bank(uniform).read(draws, manager), images);
    }

    /** Of the drawn area as far as the image lets it, the ratio of its sides drawn evenly in logarithms; inside the image. */
    private Box erased(Action.Apply action, Draws draw) {
        double area = draw.between(action.from(), action.to(), Draws.FIRST) * input.height() * input.width();
        double spread = StrictMath.log(ERASE_RATIO_MIN);
        double ratio = StrictMath.exp(draw.between(spread, -spread, Draws.SECOND));
        int height = (int) Math.clamp(Math.round(Math.sqrt(area * ratio)), 1, input.height());
        int width = (int) Math.clamp(Math.round(Math.sqrt(area / ratio)), 1, input.width());
        int top = draw.below(input.height() - height + 1, Draws.THIRD);
        int left = draw.below(input.width() - width + 1, Draws.FOURTH);
        return new Box(top, top + height, left, left + width);
    }
}
