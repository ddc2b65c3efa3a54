package touchstone.spec.strategy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import touchstone.spec.catalogue.Operation;
import touchstone.spec.expression.Expression;
import touchstone.spec.text.Place;

/** What {@code strategy.yaml} says, checked; the tables it names are read apart. */
public record Strategy(String title, Optional<FileReference> columns, Samples samples, Labels labels, Weights weights) {

    static final String ARRAY = ".npy";

    /** What a strategy may be made of; an ablation leaves one part out whole. */
    public enum Part {
        SAMPLES,
        LABELS,
        WEIGHTS;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** As if {@code strategy.yaml} did not have the part. */
    public Strategy without(Part part) {
        return switch (part) {
            case SAMPLES -> new Strategy(title, columns, Samples.NONE, labels, weights);
            case LABELS -> new Strategy(title, columns, samples, new Labels(List.of()), weights);
            case WEIGHTS -> new Strategy(title, columns, samples, labels, new Weights(List.of()));
        };
    }

    /** Whether leaving the part out changes anything. */
    public boolean has(Part part) {
        return !without(part).equals(this);
    }

    /** A file of the archive, and where the strategy names it. */
    public record FileReference(String name, Place place) {}

    public record Samples(
            Optional<FileReference> drop,
            Optional<Pictures> add,
            Optional<Pictures> replace,
            Optional<Draw> draw,
            List<Step> augment) {
        static final Samples NONE =
                new Samples(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), List.of());

        public Samples {
            augment = List.copyOf(augment);
        }
    }

    /** New images: each row of the table names a file of its own or, where there is an array, an image's position in it. */
    public record Pictures(FileReference table, Optional<FileReference> array) {}

    /** How often a sample is drawn, relative. */
    public sealed interface Draw {
        record Table(FileReference file) implements Draw {}

        record Rate(Expression rate) implements Draw {}
    }

    /** One line of {@code augment}: applied to a place with probability {@code chance} where the condition holds. */
    public record Step(Action action, double chance, Optional<Expression> where, String path) {}

    public sealed interface Action {
        /** Every operation that may be applied. */
        Stream<Operation> operations();

        /**
         * One operation on each place.
         *
         * @param word that was chosen among the parameter's, or empty where it has none
         * @param from equals {@code to} for a fixed amount; 0 where there is none
         */
        record Apply(Operation operation, String word, double from, double to) implements Action {
            public Apply(Operation operation, double from, double to) {
                this(operation, "", from, to);
            }

            @Override
            public Stream<Operation> operations() {
                return Stream.of(operation);
            }
        }

        /** Each place draws {@code count} different ones, which are applied in the order of the list. */
        record SomeOf(List<Apply> options, int count) implements Action {
            public SomeOf {
                options = List.copyOf(options);
            }

            @Override
            public Stream<Operation> operations() {
                return options.stream().map(Apply::operation);
            }
        }
    }

    public record Labels(List<LabelRule> rules) {
        public Labels {
            rules = List.copyOf(rules);
        }

        /** The rules above the first that changes with training: they are applied once, the others at each epoch's start. */
        public List<LabelRule> once() {
            int first = 0;
            while (first < rules.size() && rules.get(first).isStatic()) first++;
            return rules.subList(0, first);
        }

        public List<LabelRule> eachEpoch() {
            return rules.subList(once().size(), rules.size());
        }
    }

    public sealed interface LabelRule {
        String path();

        /** A table, or an array of soft labels (its name ends with .npy). */
        record Table(FileReference file, String path) implements LabelRule {
            public boolean isArray() {
                return file.name().endsWith(ARRAY);
            }
        }

        /** Mixes the label with the even distribution. */
        record Smooth(Expression amount, Optional<Expression> where, String path) implements LabelRule {}

        /** Moves the label toward what the model predicted so far. */
        record Toward(Target target, Expression amount, Optional<Expression> where, String path) implements LabelRule {}

        /** True when the rule does the same before every epoch, so that doing it once is enough. */
        default boolean isStatic() {
            return switch (this) {
                case Table table -> true;
                case Smooth smooth ->
                    smooth.amount().isStatic()
                            && smooth.where().map(Expression::isStatic).orElse(true);
                case Toward toward -> false;
            };
        }
    }

    /** Where a label is moved to; {@code prediction} is the running mean of the predicted distribution. */
    public enum Target {
        /** The prediction itself (soft bootstrapping, Reed et al., 2015). */
        PREDICTION,
        /** All of the weight on the prediction's class (hard bootstrapping, ibid.). */
        PREDICTED,
        /** The label before training times the prediction, scaled to sum 1 (partial labels; Lv et al., 2020). */
        POSTERIOR;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public record Weights(List<WeightRule> rules) {
        public Weights {
            rules = List.copyOf(rules);
        }
    }

    public sealed interface WeightRule {
        String path();

        record Table(FileReference file, String path) implements WeightRule {}

        record Value(Expression value, String path) implements WeightRule {}
    }

    /** Whether any rule reads what training observed. */
    public boolean readsObservations() {
        return labels.rules().stream().anyMatch(LabelRule.Toward.class::isInstance)
                || expressions().stream().anyMatch(Expression::readsObservations);
    }

    private List<Expression> expressions() {
        List<Expression> all = new ArrayList<>();
        samples.draw().ifPresent(draw -> {
            if (draw instanceof Draw.Rate rate) all.add(rate.rate());
        });
        samples.augment().forEach(step -> step.where().ifPresent(all::add));
        for (LabelRule rule : labels.rules()) {
            switch (rule) {
                case LabelRule.Table table -> {}
                case LabelRule.Smooth smooth -> {
                    all.add(smooth.amount());
                    smooth.where().ifPresent(all::add);
                }
                case LabelRule.Toward toward -> {
                    all.add(toward.amount());
                    toward.where().ifPresent(all::add);
                }
            }
        }
        for (WeightRule rule : weights.rules()) if (rule instanceof WeightRule.Value value) all.add(value.value());
        return all;
    }
}
