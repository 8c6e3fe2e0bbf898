// Writes the two rows of writes.py through pgJDBC: a batch of inserts, inserts in a transaction, or CopyManager.
//
//   java -cp postgresql.jar JdbcWrites.java URL USER PASSWORD batch|transaction|copy WHO WORD < rows.csv
import java.math.BigDecimal;
import java.sql.*;
import java.time.*;
import java.util.UUID;
import org.postgresql.PGConnection;

public class JdbcWrites {
    static final String INSERT = "INSERT INTO compat.notes (who, id, flag, big, share, price, born, wake, seen, moment, "
        + "word, code, raw, tags) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

    static void bind(Connection connection, PreparedStatement statement, String who, String word, int id) throws Exception {
        LocalDateTime seen = LocalDateTime.of(2024, 2, 29, 12, 34, 56, 789_000_000);
        statement.setString(1, who);
        statement.setInt(2, id);
        if (id == 2) {
            int[] types = {Types.BOOLEAN, Types.BIGINT, Types.DOUBLE, Types.NUMERIC, Types.DATE, Types.TIME, Types.TIMESTAMP,
                           Types.TIMESTAMP_WITH_TIMEZONE, Types.VARCHAR, Types.OTHER, Types.BINARY, Types.ARRAY};
            for (int i = 0; i < types.length; ++i) statement.setNull(i + 3, types[i]);
            return;
        }
        statement.setBoolean(3, true);
        statement.setLong(4, Long.MAX_VALUE);
        statement.setDouble(5, 0.1);
        statement.setBigDecimal(6, new BigDecimal("12345.67"));
        statement.setObject(7, seen.toLocalDate());
        statement.setObject(8, seen.toLocalTime());
        statement.setObject(9, seen);
        statement.setObject(10, seen.atOffset(ZoneOffset.ofHours(2)));
        statement.setString(11, word);
        statement.setObject(12, UUID.fromString("6f0e3b1a-0c1d-4e2f-8a9b-0123456789ab"));
        statement.setBytes(13, new byte[] {0, (byte) 0xff, 'A'});
        statement.setArray(14, connection.createArrayOf("varchar", new Object[] {"a", "b c", null}));
    }

    public static void main(String[] a) throws Exception {
        String kind = a[3], who = a[4], word = a[5];
        try (Connection connection = DriverManager.getConnection(a[0], a[1], a[2])) {
            if (kind.equals("copy")) {
                var copies = connection.unwrap(PGConnection.class).getCopyAPI();
                long rows = copies.copyIn("COPY compat.notes FROM STDIN (FORMAT csv)", System.in);
                if (rows != 2) throw new Exception(rows + " rows were said to be copied");
                return;
            }
            connection.setAutoCommit(kind.equals("batch"));
            try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
                for (int id = 1; id <= 2; ++id) {
                    bind(connection, statement, who, word, id);
                    if (kind.equals("batch")) statement.addBatch();
                    else if (statement.executeUpdate() != 1) throw new Exception("not one row");
                }
                if (kind.equals("batch"))
                    for (int count : statement.executeBatch()) if (count != 1) throw new Exception("a count of " + count);
            }
            if (!kind.equals("batch")) {
                Savepoint savepoint = connection.setSavepoint();
                try (Statement statement = connection.createStatement()) {
                    statement.executeUpdate("INSERT INTO compat.notes (who, id) VALUES ('" + who + "', 3)");
                }
                connection.rollback(savepoint);
                connection.commit();
            }
        }
    }
}
