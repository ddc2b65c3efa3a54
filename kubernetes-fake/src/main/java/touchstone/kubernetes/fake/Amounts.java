package touchstone.kubernetes.fake;

import com.google.gson.JsonObject;
import io.kubernetes.client.custom.Quantity;
import java.math.BigDecimal;
import java.util.Map;
import java.util.TreeMap;

/** Amounts of cpu, memory, cards, by resource name. */
final class Amounts {
    private Amounts() {}

    static Map<String, BigDecimal> of(JsonObject object, String... path) {
        var amounts = new TreeMap<String, BigDecimal>();
        Json.map(object, path).forEach((name, amount) -> amounts.put(name, number(amount)));
        return amounts;
    }

    static BigDecimal number(String amount) {
        try {
            return Quantity.fromString(amount).getNumber();
        } catch (RuntimeException e) {
            throw Failure.badRequest("quantities must match the regular expression "
                    + "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$': " + amount);
        }
    }

    /** What a pod takes of a node: the sum of its containers or the most that one of its init containers needs. */
    static Map<String, BigDecimal> ofPod(JsonObject pod, String requestsOrLimits) {
        var sum = new TreeMap<String, BigDecimal>();
        for (JsonObject container : Json.objects(pod, "spec", "containers")) {
            of(container, "resources", requestsOrLimits)
                    .forEach((name, amount) -> sum.merge(name, amount, BigDecimal::add));
        }
        for (JsonObject container : Json.objects(pod, "spec", "initContainers")) {
            of(container, "resources", requestsOrLimits)
                    .forEach((name, amount) -> sum.merge(name, amount, BigDecimal::max));
        }
        return sum;
    }

    static String text(BigDecimal amount) {
        return amount.stripTrailingZeros().toPlainString();
    }
}
