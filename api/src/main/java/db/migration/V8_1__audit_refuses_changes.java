package db.migration;

import java.sql.Connection;
import java.sql.Statement;
import org.flywaydb.core.api.migration.BaseJavaMigration;
import org.flywaydb.core.api.migration.Context;

/**
 * On PostgreSQL the database itself keeps the log of acts append-only. H2, which has no such triggers in SQL, is one file of one
 * server; there only the code keeps it so.
 */
public final class V8_1__audit_refuses_changes extends BaseJavaMigration {

    @Override
    public void migrate(Context context) throws Exception {
        Connection connection = context.getConnection();
        if (!connection.getMetaData().getDatabaseProductName().equals("PostgreSQL")) return;
        try (Statement statement = connection.createStatement()) {
            statement.execute("""
                    create function audit_refuses_changes() returns trigger language plpgsql as
                    $$ begin raise exception 'the log of acts is only ever appended to'; end $$
                    """);
            statement.execute("""
                    create trigger audit_refuses_changes before update or delete or truncate on audit
                    for each statement execute function audit_refuses_changes()
                    """);
        }
    }
}
