package touchstone.spec.job;

/**
 * One finished epoch: {@code PUT …/curve}. Idempotent by epoch.
 *
 * @param epoch counted from 1
 * @param trainLoss mean weighted cross-entropy of the epoch, nats
 * @param trainAccuracy share of drawn places whose given label was predicted, 0 to 1
 * @param validationLoss mean cross-entropy on the validation set, nats
 * @param validationAccuracy 0 to 1
 * @param learningRate of the epoch's last step
 */
public record CurvePoint(
        int epoch,
        double trainLoss,
        double trainAccuracy,
        double validationLoss,
        double validationAccuracy,
        double learningRate) {}
