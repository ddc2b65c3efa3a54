package touchstone.evaluator.augmentation;

/**
 * One place of a batch.
 *
 * @param sample position in the training set
 * @param key of the sample's draws
 * @param copy how often the sample was drawn in this epoch before, from 0; copies differ in their draws
 */
public record Place(int sample, long key, int copy) {}
