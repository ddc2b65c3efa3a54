package touchstone.evaluator.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
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
import touchstone.evaluator.scoring.Normalizer;
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
        try (NDManager manager = managers.get()) {
            return new Run(manager, listener).outcome();
        }
    }

    /** Of all runs of this object so far. */
    public Times times() {
        return times;
    }

    /** One training, from the initial weights to the last step's. */
    private final class Run {
        private final Recipe recipe = pack.file().recipe();
        private final int classes = pack.classes().size();
        private final int stepsPerEpoch = pack.stepsPerEpoch();
        private final int steps = stepsPerEpoch * recipe.epochs();
        private final int placesPerEpoch = stepsPerEpoch * recipe.batch();
        private final Schedule schedule = new Schedule(recipe.schedule(), steps);
        private final Observations observations = new Observations(set.size(), classes);
        private final EpochRules rules = new EpochRules(set, recipe.epochs(), observations);
        private final Draw draw = new Draw(set, placesPerEpoch, seed);
        private final Augmentation augmentation;
        private final NDManager manager;
        private final Listener listener;
        private final Network network;
        private final Optimizer optimizer;
        private final Optional<Average> average;
        private final NDArray images;
        private final Normalizer normalizer;
        private final Prediction prediction;
        /** Of what would be scored if training ended now. */
        private final Prediction ofScored;
        /** The gradient of the loss by itself. */
        private final NDArray one;

        private boolean passedPlainly;

        Run(NDManager manager, Listener listener) {
            this.manager = manager;
            this.listener = listener;
            network = new Network(pack.layers(), pack.initial(), manager, true);
            optimizer = new Optimizer(recipe.optimizer(), network, pack.initial(), torch);
            average = Optional.ofNullable(recipe.average())
                    .map(memory -> new Average(pack.layers(), pack.initial(), network, memory, torch, manager));
            normalizer = new Normalizer(pack.normalization(), manager);
            prediction = new Prediction(pack, network, manager);
            ofScored = average.isEmpty() ? prediction : new Prediction(pack, scored(), manager);
            images = Images.toDevice(set.images(), manager);
            one = manager.create(1f);
            augmentation = new Augmentation(
                    set.strategy().samples().augment(), pack.file().data().input(), seed, manager);
        }

        Outcome outcome() {
            for (int epoch = 1; epoch <= recipe.epochs(); epoch++) {
                if (!epoch(epoch)) return new Outcome.Diverged(epoch);
            }
            Weights trained = scored().weights();
            // The last step's losses are those before it.
            if (!trained.isFinite()) return new Outcome.Diverged(recipe.epochs());
            List<String> notes = new ArrayList<>(rules.notes());
            if (passedPlainly) {
                notes.add(
                        "samples of which every place was mixed with another were observed plainly at the end of the epoch");
            }
            return new Outcome.Trained(trained, notes);
        }

        /** What the last step leaves to be scored. */
        private Network scored() {
            return average.map(Average::network).orElse(network);
        }

        /** False when the loss is no finite number any more. */
        private boolean epoch(int epoch) {
            times.start();
            rules.begin(epoch);
            List<Place> places = draw.epoch(epoch, rules.rates());
            boolean[][] conditions = rules.conditions();
            double[] weights = PlaceWeights.of(places, rules.weights(), set, PlaceWeights.cap(pack));
            boolean[] mixed = new boolean[places.size()];
            float[] targets = new float[places.size() * classes];
            float[] logProbabilities;
            times.end(Phase.RULES);
            try (NDManager kept = manager.newSubManager()) {
                NDList seen = new NDList();
                for (int s = 0; s < stepsPerEpoch; s++) {
                    int from = s * recipe.batch();
                    int done = (epoch - 1) * stepsPerEpoch + s;
                    List<Place> inBatch = places.subList(from, from + recipe.batch());
                    times.start();
                    try (NDManager step = manager.newSubManager()) {
                        NDArray x = Images.select(
                                images,
                                inBatch.stream().mapToLong(Place::sample).toArray(),
                                step);
                        times.end(Phase.IMAGES);
                        Augmented augmented =
                                augmentation.apply(x, inBatch, epoch, (k, sample) -> conditions[k][sample]);
                        System.arraycopy(augmented.mixed(), 0, mixed, from, inBatch.size());
                        times.end(Phase.AUGMENTATION);
                        x = normalizer.apply(augmented.images());
                        times.end(Phase.IMAGES);
                        float[] target = target(inBatch, weights, from, augmented.mixings());
                        System.arraycopy(target, 0, targets, from * classes, target.length);
                        NDArray rows = step.create(target, new Shape(inBatch.size(), classes));
                        times.end(Phase.TARGET);
                        step(x, rows, schedule.rate(done), seen, kept);
                    }
                    listener.step(epoch, done + 1, steps);
                }
                times.start();
                // Read back once: on a GPU each read would wait for all that is under way.
                logProbabilities = NDArrays.concat(seen).toFloatArray();
            }
            for (float value : logProbabilities) if (!Float.isFinite(value)) return false;
            observe(places, logProbabilities, mixed);
            times.end(Phase.OBSERVATION);
            listener.epoch(point(epoch, places, logProbabilities, targets));
            return true;
        }

        /**
         * [place, class]: weight x label / batch, mixed as the images were: the loss is minus its product with the
         * log-probabilities.
         */
        private float[] target(List<Place> places, double[] weights, int from, List<Mixing> mixings) {
            int batch = places.size();
            double scale = PlaceWeights.stepScale(weights, from, batch);
            double[][] rows = new double[batch][classes];
            for (int b = 0; b < batch; b++) {
                double[] label = rules.labels()[places.get(b).sample()];
                for (int c = 0; c < classes; c++) rows[b][c] = weights[from + b] * scale * label[c];
            }
            boolean[] added = new boolean[batch];
            for (int b = 0; b < batch; b++) added[b] = set.isAdded(places.get(b).sample());
            rows = PlaceWeights.mixed(rows, added, mixings);
            float[] target = new float[batch * classes];
            for (int i = 0; i < target.length; i++) target[i] = (float) rows[i / classes][i % classes];
            return target;
        }

        /** One step; adds the log-probabilities [place, class] that the batch had before it. */
        private void step(NDArray x, NDArray target, double rate, NDList seen, NDManager kept) {
            JniUtils.setGradMode(true);
            NDArray logProbabilities = network.forward(x, true).logSoftmax(1);
            NDArray loss = logProbabilities.mul(target).sum().neg();
            times.end(Phase.FORWARD);
            JniUtils.backward((PtNDArray) loss, (PtNDArray) one, false, false);
            JniUtils.setGradMode(false);
            times.end(Phase.BACKWARD);
            optimizer.step(rate);
            average.ifPresent(Average::step);
            times.end(Phase.OPTIMIZER);
            // Without the graph that it came from.
            NDArray alone = logProbabilities.stopGradient();
            alone.attach(kept);
            seen.add(alone);
            times.end(Phase.OBSERVATION);
        }

        /**
         * A place that shows two samples tells of neither. A sample of which every place was mixed is passed through the
         * network once more as it is, where a rule reads what is observed.
         */
        private void observe(List<Place> places, float[] logProbabilities, boolean[] mixed) {
            observations.add(places, logProbabilities, mixed, rules.labels(), set.given());
            if (set.strategy().readsObservations()) {
                int[] hidden = observations.onlyMixed(places, mixed);
                if (hidden.length > 0) {
                    float[] plain = prediction.logProbabilities(images, hidden);
                    List<Place> once = Arrays.stream(hidden)
                            .mapToObj(sample -> new Place(sample, set.keys()[sample], 0))
                            .toList();
                    observations.add(once, plain, new boolean[once.size()], rules.labels(), set.given());
                    passedPlainly = true;
                }
            }
            observations.rank(rules.labels());
        }

        private CurvePoint point(int epoch, List<Place> places, float[] logProbabilities, float[] targets) {
            double loss = 0;
            for (int i = 0; i < targets.length; i++) loss -= (double) targets[i] * logProbabilities[i];
            int right = 0;
            for (int p = 0; p < places.size(); p++) {
                int best = 0;
                for (int c = 1; c < classes; c++) {
                    if (logProbabilities[p * classes + c] > logProbabilities[p * classes + best]) best = c;
                }
                if (best == TrainingSet.hard(set.given()[places.get(p).sample()])) right++;
            }
            Prediction.Result validation = ofScored.of(pack.validation());
            return new CurvePoint(
                    epoch,
                    loss / stepsPerEpoch,
                    right / (double) places.size(),
                    validation.meanLoss(),
                    validation.accuracy(),
                    schedule.rate(epoch * stepsPerEpoch - 1));
        }
    }
}
