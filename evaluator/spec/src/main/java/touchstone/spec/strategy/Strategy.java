package touchstone.spec.strategy;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import touchstone.spec.catalogue.Operation;
import touchstone.spec.expression.Expression;
import touchstone.spec.text.Place;

/** What {@code strategy.yaml} says, checked; the tables it names are read apart. */
public record Strategy(String title, Samples samples, Labels labels, Weights weights) {

    /** A file of the archive, and where the strategy names it. */
    public record FileReference(String name, Place place) {}

    public record Samples(
            Optional<FileReference> drop, Optional<FileReference> add, Optional<Expression> draw, List<Step> augment) {
        public Samples {
            augment = List.copyOf(augment);
        }
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
    }

    public sealed interface LabelRule {
        String path();

        record Table(FileReference file, String path) implements LabelRule {}

        /** Mixes the label with the even distribution. */
        record Smooth(Expression amount, Optional<Expression> where, String path) implements LabelRule {}

        /** Moves the label toward what the model predicted so far. */
        record TowardPrediction(Expression amount, Optional<Expression> where, String path) implements LabelRule {}
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

    /** Every file that the strategy names. */
    public List<FileReference> files() {
        List<FileReference> files = new java.util.ArrayList<>();
        samples.drop().ifPresent(files::add);
        samples.add().ifPresent(files::add);
        for (LabelRule rule : labels.rules()) if (rule instanceof LabelRule.Table table) files.add(table.file());
        for (WeightRule rule : weights.rules()) if (rule instanceof WeightRule.Table table) files.add(table.file());
        return files;
    }

    /** Every expression that reads what training observed. */
    public boolean readsObservations() {
        return expressions().stream().anyMatch(Expression::readsObservations);
    }

    private List<Expression> expressions() {
        List<Expression> all = new java.util.ArrayList<>();
        samples.draw().ifPresent(all::add);
        samples.augment().forEach(step -> step.where().ifPresent(all::add));
        for (LabelRule rule : labels.rules()) {
            switch (rule) {
                case LabelRule.Table table -> {}
                case LabelRule.Smooth smooth -> {
                    all.add(smooth.amount());
                    smooth.where().ifPresent(all::add);
                }
                case LabelRule.TowardPrediction toward -> {
                    all.add(toward.amount());
                    toward.where().ifPresent(all::add);
                }
            }
        }
        for (WeightRule rule : weights.rules()) if (rule instanceof WeightRule.Value value) all.add(value.value());
        return all;
    }
}
