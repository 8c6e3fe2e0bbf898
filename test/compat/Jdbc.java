// Runs statements from standard input through pgJDBC and prints rows as PostgreSQL writes values; then asks the driver
// for the metadata that tools show. One line per row: name, "row", cells; an empty result is "done".
//
//   java -cp postgresql.jar Jdbc.java URL USER PASSWORD
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.sql.*;
import java.time.*;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

public class Jdbc {
    static final String CELL = "\u001f";
    static final DateTimeFormatter TIME = new DateTimeFormatterBuilder().appendPattern("HH:mm:ss")
        .appendFraction(ChronoField.MICRO_OF_SECOND, 0, 6, true).toFormatter();
    static final DateTimeFormatter MOMENT = new DateTimeFormatterBuilder().appendPattern("yyyy-MM-dd ")
        .append(TIME).toFormatter();

    static String text(ResultSet rows, int column) throws Exception {
        Object value = switch (rows.getMetaData().getColumnTypeName(column)) {
            case "timestamptz" -> rows.getObject(column, OffsetDateTime.class);
            case "timestamp" -> rows.getObject(column, LocalDateTime.class);
            case "date" -> rows.getObject(column, LocalDate.class);
            case "time" -> rows.getObject(column, LocalTime.class);
            case "bytea" -> rows.getBytes(column);
            default -> rows.getObject(column);
        };
        if (value == null) return "NULL";
        if (value instanceof Boolean flag) return flag ? "t" : "f";
        if (value instanceof BigDecimal number) return number.toPlainString();
        if (value instanceof Double || value instanceof Float) {
            String plain = new BigDecimal(value.toString()).toPlainString();
            return plain.endsWith(".0") ? plain.substring(0, plain.length() - 2) : plain;
        }
        if (value instanceof OffsetDateTime moment)
            return moment.withOffsetSameInstant(ZoneOffset.UTC).format(MOMENT) + "+00";
        if (value instanceof LocalDateTime moment) return moment.format(MOMENT);
        if (value instanceof LocalTime time) return time.format(TIME);
        if (value instanceof byte[] bytes) {
            StringBuilder hex = new StringBuilder("\\x");
            for (byte b : bytes) hex.append(String.format("%02x", b));
            return hex.toString();
        }
        if (value instanceof java.sql.Array array) {
            List<String> parts = new ArrayList<>();
            for (Object part : (Object[]) array.getArray()) parts.add(String.valueOf(part));
            return "{" + String.join(",", parts) + "}";
        }
        return value.toString();
    }

    static void bind(PreparedStatement statement, String parameters) throws Exception {
        if (parameters.isEmpty()) return;
        int n = 0;
        for (String parameter : parameters.split(CELL)) {
            String kind = parameter.substring(0, parameter.indexOf(':'));
            String value = parameter.substring(parameter.indexOf(':') + 1);
            switch (kind) {
                case "int" -> statement.setInt(++n, Integer.parseInt(value));
                case "date" -> statement.setObject(++n, LocalDate.parse(value));
                case "Decimal" -> statement.setBigDecimal(++n, new BigDecimal(value));
                default -> statement.setString(++n, value);
            }
        }
    }

    static void ask(Connection connection, PrintStream out, String line) throws Exception {
        String[] parts = line.split("\u001e", -1);
        String name = parts[0];
        String last = "";
        try (PreparedStatement statement = connection.prepareStatement(parts[1])) {
            for (int run = 1; run <= 6; ++run) {
                bind(statement, parts[2]);
                StringBuilder answer = new StringBuilder();
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        answer.append(name).append(CELL).append("row");
                        for (int i = 1; i <= rows.getMetaData().getColumnCount(); ++i)
                            answer.append(CELL).append(text(rows, i));
                        answer.append('\n');
                    }
                }
                if (run > 1 && !last.equals(answer.toString())) throw new Exception("run " + run + ": " + answer);
                last = answer.toString();
            }
            out.print(last);
            out.println(name + CELL + "done");
        } catch (Exception error) {
            out.println(name + CELL + "error" + CELL + String.valueOf(error.getMessage()).replace('\n', ' '));
        }
    }

    static void show(PrintStream out, String name, ResultSet rows, String... columns) throws Exception {
        while (rows.next()) {
            out.print(name + CELL + "row");
            for (String column : columns) out.print(CELL + String.valueOf(rows.getString(column)));
            out.println();
        }
        out.println(name + CELL + "done");
    }

    static void metadata(Connection connection, PrintStream out) throws Exception {
        DatabaseMetaData data = connection.getMetaData();
        show(out, "jdbc_tables", data.getTables(null, "compat", "%", new String[] {"TABLE"}), "TABLE_NAME");
        show(out, "jdbc_columns", data.getColumns(null, "compat", "orders", "%"), "COLUMN_NAME", "TYPE_NAME",
             "COLUMN_SIZE", "NULLABLE");
        show(out, "jdbc_keys", data.getPrimaryKeys(null, "compat", "orders"), "COLUMN_NAME");
        show(out, "jdbc_schemas", data.getSchemas(null, "compat"), "TABLE_SCHEM");
        for (ResultSet rest : new ResultSet[] {
                 data.getCatalogs(), data.getTableTypes(), data.getTypeInfo(), data.getFunctions(null, null, "now"),
                 data.getIndexInfo(null, "compat", "orders", false, true),
                 data.getImportedKeys(null, "compat", "orders"), data.getExportedKeys(null, "compat", "orders"),
                 data.getProcedures(null, null, "now")}) {
            while (rest.next()) { }
        }
    }

    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(System.out, false, "UTF-8");
        Properties properties = new Properties();
        properties.setProperty("user", arguments[1]);
        properties.setProperty("password", arguments[2]);
        try (Connection connection = DriverManager.getConnection(arguments[0], properties)) {
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, "UTF-8"));
            for (String line = in.readLine(); line != null; line = in.readLine()) ask(connection, out, line);
            try {
                metadata(connection, out);
            } catch (SQLException error) {
                out.println("jdbc_metadata" + CELL + "error" + CELL + error.getMessage().replace('\n', ' '));
            }
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.setFetchSize(5); // Portals with a row limit, inside a transaction.
                int count = 0;
                try (ResultSet rows = statement.executeQuery("SELECT order_id FROM compat.orders")) {
                    while (rows.next()) ++count;
                }
                out.println("jdbc_fetch_size" + CELL + "row" + CELL + count);
                connection.commit();
            } catch (SQLException error) {
                out.println("jdbc_fetch_size" + CELL + "error" + CELL + error.getMessage().replace('\n', ' '));
            }
        }
        out.flush();
    }
}
