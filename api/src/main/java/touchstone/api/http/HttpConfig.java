package touchstone.api.http;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import java.util.List;

/**
 * How requests reach this server.
 *
 * @param trustedProxies addresses, such as 10.0.0.7 or 10.0.0.0/8, whose X-Forwarded-For is believed
 * @param rateLimits false = requests are not counted, for a server that somebody measures
 */
@ConfigurationProperties("touchstone.http")
public record HttpConfig(
        @Bindable(defaultValue = "") List<String> trustedProxies,
        @Bindable(defaultValue = "true") boolean rateLimits) {}
