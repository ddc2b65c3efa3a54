package touchstone.api.app;

import io.swagger.v3.oas.annotations.OpenAPIDefinition;
import io.swagger.v3.oas.annotations.enums.SecuritySchemeIn;
import io.swagger.v3.oas.annotations.enums.SecuritySchemeType;
import io.swagger.v3.oas.annotations.info.Info;
import io.swagger.v3.oas.annotations.security.SecurityScheme;

/** The head of {@code /openapi.json}. */
@OpenAPIDefinition(
        info =
                @Info(
                        title = "Touchstone",
                        version = "0.1.0",
                        description = "Judges training data. Errors are RFC 9457 problems with a stable code."))
@SecurityScheme(name = "token", type = SecuritySchemeType.HTTP, scheme = "bearer")
@SecurityScheme(
        name = "session",
        type = SecuritySchemeType.APIKEY,
        in = SecuritySchemeIn.COOKIE,
        paramName = "touchstone")
final class ApiDescription {
    private ApiDescription() {}
}
