package touchstone.evaluator.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.List;
import java.util.function.Supplier;
import touchstone.evaluator.augmentation.Augmentation;
import touchstone.evaluator.augmentation.Augmented;
import touchstone.evaluator.augmentation.Mixing;
import touchstone.evaluator.augmentation.Place;
import touchstone.evaluator.data.TaskPack;
import touchstone.evaluator.device.NumericEngine;
import touchstone.evaluator.device.TorchLibrary;
import touchstone.evaluator.model.Network;
import touchstone.evaluator.model.Weights;
import touchstone.evaluator.scoring.Images;
import touchstone.evaluator.scoring.Prediction;
import touchstone.evaluator.strategy.TrainingSet;
import touchstone.evaluator.training.Times.Phase;
import touchstone.spec.job.CurvePoint;
import touchstone.spec.task.TaskFile.Recipe;

/**
 * Trains the frozen model on one training set. One straight loop: an epoch is {@code ceil(base size / batch)} steps whatever
 * the strategy does; what it says is read at the epoch's start from the epochs before; the last step's weights are the result.
 */
public final class Training {

    private final TaskPack pack;
    private final TrainingSet set;
    private final long seed;
    private final Supplier<NDManager> managers;
    private final TorchLibrary torch;
    private final Times times = new Times();

    public Training(TaskPack pack, TrainingSet set, long seed, NumericEngine engine) {
        this(pack, set, seed, engine.torch(), engine::newManager);
    }

    /** @param managers gives the root of all arrays of one run, which closes it */
    Training(TaskPack pack, TrainingSet set, long seed, TorchLibrary torch, Supplier<NDManager> managers) {
        this.pack = pack;
        this.set = set;
        this.seed = seed;
        this.torch = torch;
        this.managers = managers;
    }

    /** Told as training goes; must not block for long. */
    public interface Listener {
        /** @param step steps done of {@code steps} in the whole run */
        void step(int epoch, int step, int steps);

        void epoch(CurvePoint point);
    }

    public sealed interface Outcome {
        /** @param notes sentences for the contestant about what the rules did */
        record Trained(Weights weights, List<String> notes) implements Outcome {}

        /** The loss stopped being a finite number. @param epoch counted from 1 */
        record Diverged(int epoch) implements Outcome {}
    }

    /** Must be called on the thread that started the engine: gradient mode belongs to a thread. */
    public Outcome run(Listener listener) {
        Recipe recipe = pack.file().recipe();
        int batch = recipe.batch();
        int stepsPerEpoch = pack.stepsPerEpoch();
        int steps = stepsPerEpoch * recipe.epochs();
        int classes = pack.classes().size();
        Observations observations = new Observations(set.size(), classes);
        EpochRules rules = new EpochRules(set, recipe.epochs(), observations);
        Draw draw = new Draw(set, stepsPerEpoch * batch, seed);
        Schedule schedule = new Schedule(recipe.schedule(), steps);
        try (NDManager manager = managers.get()) {
            Augmentation augmentation = new Augmentation(
                    set.strategy().samples().augment(), pack.file().data().input(), seed, manager);
            Network network = new Network(pack.layers(), pack.initial(), manager, true);
            Optimizer optimizer = new Optimizer(recipe.optimizer(), network, pack.initial(), torch);
            Prediction prediction = new Prediction(pack, network, manager);
            NDArray images = Images.toDevice(set.images(), manager);
            for (int epoch = 1; epoch <= recipe.epochs(); epoch++) {
                times.start();
                rules.begin(epoch);
                List<Place> places = draw.epoch(epoch, rules.rates());
                boolean[][] conditions = rules.conditions();
                double[] weights = PlaceWeights.of(places, rules.weights(), set, weightCap());
                float[] logProbabilities = new float[places.size() * classes];
                times.end(Phase.RULES);
                for (int s = 0; s < stepsPerEpoch; s++) {
                    int from = s * batch;
                    List<Place> inBatch = places.subList(from, from + batch);
                    double rate = schedule.rate((epoch - 1) * stepsPerEpoch + s);
                    times.start();
                    try (NDManager step = manager.newSubManager()) {
                        NDArray x = Images.select(
                                images,
                                inBatch.stream().mapToLong(Place::sample).toArray(),
                                step);
                        times.end(Phase.IMAGES);
                        Augmented augmented =
                                augmentation.apply(x, inBatch, epoch, (k, sample) -> conditions[k][sample]);
                        times.end(Phase.AUGMENTATION);
                        x = Images.normalize(augmented.images(), pack.normalization());
                        times.end(Phase.IMAGES);
                        NDArray target = target(inBatch, rules.labels(), weights, from, augmented.mixings(), step);
                        times.end(Phase.TARGET);
                        float[] seen = step(network, optimizer, x, target, rate, step);
                        System.arraycopy(seen, 0, logProbabilities, from * classes, seen.length);
                    }
                    times.end(Phase.OBSERVATION);
                    listener.step(epoch, (epoch - 1) * stepsPerEpoch + s + 1, steps);
                }
                for (float value : logProbabilities) {
                    if (!Float.isFinite(value)) return new Outcome.Diverged(epoch);
                }
                listener.epoch(point(epoch, places, logProbabilities, weights, rules, prediction, schedule));
                observations.add(places, logProbabilities, rules.labels(), set.given());
            }
            Weights trained = network.weights();
            // The last step's losses are those before it.
            if (!trained.isFinite()) return new Outcome.Diverged(recipe.epochs());
            return new Outcome.Trained(trained, rules.notes());
        }
    }

    /** Of all runs of this object so far. */
    public Times times() {
        return times;
    }

    private double weightCap() {
        return Math.min(pack.file().budget().weightCap(), pack.file().recipe().batch());
    }

    /** [place, class]: weight x label / batch, mixed as the images were: the loss is minus its product with the log-probabilities. */
    private NDArray target(
            List<Place> places, double[][] labels, double[] weights, int from, List<Mixing> mixings, NDManager step) {
        int batch = places.size();
        int classes = pack.classes().size();
        double scale = PlaceWeights.stepScale(weights, from, batch);
        double[][] rows = new double[batch][classes];
        for (int b = 0; b < batch; b++) {
            double[] label = labels[places.get(b).sample()];
            for (int c = 0; c < classes; c++) rows[b][c] = weights[from + b] * scale * label[c];
        }
        rows = PlaceWeights.mixed(rows, mixings);
        float[] target = new float[batch * classes];
        for (int i = 0; i < target.length; i++) target[i] = (float) rows[i / classes][i % classes];
        return step.create(target, new Shape(batch, classes));
    }

    /** One step; the log-probabilities [place][class] that the batch had before it. */
    private float[] step(
            Network network, Optimizer optimizer, NDArray x, NDArray target, double rate, NDManager manager) {
        JniUtils.setGradMode(true);
        NDArray logProbabilities = network.forward(x, true).logSoftmax(1);
        NDArray loss = logProbabilities.mul(target).sum().neg();
        times.end(Phase.FORWARD);
        NDArray one = manager.create(1f);
        JniUtils.backward((PtNDArray) loss, (PtNDArray) one, false, false);
        JniUtils.setGradMode(false);
        times.end(Phase.BACKWARD);
        optimizer.step(rate);
        times.end(Phase.OPTIMIZER);
        return logProbabilities.toFloatArray();
    }

    private CurvePoint point(
            int epoch,
            List<Place> places,
            float[] logProbabilities,
            double[] weights,
            EpochRules rules,
            Prediction prediction,
            Schedule schedule) {
        int classes = pack.classes().size();
        double loss = 0;
        int right = 0;
        for (int p = 0; p < places.size(); p++) {
            int sample = places.get(p).sample();
            int best = 0;
            for (int c = 0; c < classes; c++) {
                float value = logProbabilities[p * classes + c];
                loss -= weights[p] * rules.labels()[sample][c] * value;
                if (value > logProbabilities[p * classes + best]) best = c;
            }
            if (best == TrainingSet.hard(set.given()[sample])) right++;
        }
        Prediction.Result validation = prediction.of(pack.validation());
        return new CurvePoint(
                epoch,
                loss / places.size(),
                right / (double) places.size(),
                validation.meanLoss(),
                validation.accuracy(),
                schedule.rate(epoch * pack.stepsPerEpoch() - 1));
    }
}
