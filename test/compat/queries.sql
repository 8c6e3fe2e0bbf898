-- Statements that every client must answer alike. `-- name`, the statement up to `;`, then the rows as PostgreSQL
-- writes them, `|` between columns. {type:value} is a parameter where the client has parameters. Answers are by hand;
-- `run.py --postgresql` proves them, and the clients' part of the runner, on PostgreSQL itself.

-- one
SELECT 1;
> 1
-- literals
SELECT 'it''s', -7, 1.50, true, NULL;
> it's | -7 | 1.50 | t | NULL
-- count
SELECT count(*) FROM compat.orders;
> 12
-- columns
SELECT * FROM compat.orders ORDER BY order_id LIMIT 2;
> 1 | ana | DE | 10.25 | 2024-01-01
> 2 | bob | FR | 20.50 | 2024-01-02
-- numbers
SELECT id, small, big, ratio, price FROM compat.kinds ORDER BY id;
> 1 | 1 | 1 | 0.5 | 10.00
> 2 | -2147483648 | -9223372036854775808 | -1.25 | -9999999999.99
> 3 | NULL | NULL | NULL | NULL
> 4 | 2147483647 | 9223372036854775807 | 10000000000 | 9999999999.99
> 5 | 0 | 0 | 0 | 0.00
-- times
SELECT id, born, wake, seen FROM compat.kinds ORDER BY id;
> 1 | 2024-01-01 | 08:00:00 | 2024-01-01 08:00:00
> 2 | 1969-12-31 | 23:59:59.999999 | 1999-12-31 23:59:59.123456
> 3 | NULL | NULL | NULL
> 4 | 2038-01-19 | 00:00:00 | 2038-01-19 03:14:07
> 5 | 2000-02-29 | 12:30:00 | 2000-02-29 12:30:00
-- zones
SELECT id, moment FROM compat.kinds ORDER BY id;
> 1 | 2024-01-01 08:00:00+00
> 2 | 2024-06-30 21:30:00+00
> 3 | NULL
> 4 | 2038-01-19 03:14:07+00
> 5 | 2000-02-29 12:30:00.5+00
-- texts
SELECT id, flag, word, code FROM compat.kinds ORDER BY id;
> 1 | t | alpha | 11111111-2222-3333-4444-555555555555
> 2 | f | Zoë 東京 | ffffffff-ffff-ffff-ffff-ffffffffffff
> 3 | NULL | NULL | NULL
> 4 | t | say "hi", it's 5% | 00000000-0000-0000-0000-000000000001
> 5 | f | a\|b | abcdefab-cdef-abcd-efab-cdefabcdefab
-- bytes_and_lists
SELECT id, raw, tags FROM compat.kinds ORDER BY id;
> 1 | \x68656c6c6f | {a,b}
> 2 | \x772078 | {c}
> 3 | NULL | NULL
> 4 | \x5a | {x,y,z}
> 5 | \x30 | {one}
-- no_rows
SELECT order_id, amount FROM compat.orders WHERE amount < 0;
-- filter
SELECT order_id FROM compat.orders WHERE country = 'FR' AND amount > 50 ORDER BY 1;
> 5
> 8
> 11
-- null_filter
SELECT order_id FROM compat.orders WHERE country IS NULL;
> 12
-- parameter_integer
SELECT customer FROM compat.orders WHERE order_id = {int:4};
> ana
-- parameter_text
SELECT count(*) FROM compat.orders WHERE customer = {text:bob};
> 4
-- parameter_date
SELECT count(*) FROM compat.orders WHERE ordered >= {date:2024-01-10};
> 3
-- parameter_decimal
SELECT order_id FROM compat.orders WHERE amount = {decimal:20.50};
> 2
-- parameters_mixed
SELECT order_id FROM compat.orders WHERE customer = {text:cid} AND amount > {decimal:60} AND order_id < {int:12} ORDER BY 1;
> 6
> 9
-- group
SELECT country, count(*), sum(amount) FROM compat.orders GROUP BY country ORDER BY country NULLS LAST;
> DE | 4 | 225.50
> FR | 4 | 266.50
> US | 3 | 184.50
> NULL | 1 | 123.00
-- having
SELECT customer, max(amount) AS largest FROM compat.orders GROUP BY 1 HAVING max(amount) > 113 ORDER BY 1;
> cid | 123.00
-- distinct
SELECT DISTINCT customer FROM compat.orders ORDER BY customer DESC;
> cid
> bob
> ana
-- join
SELECT c.name, count(o.order_id) FROM compat.countries c LEFT JOIN compat.orders o ON o.country = c.code GROUP BY c.name ORDER BY c.name;
> France | 4
> Germany | 4
> Japan | 0
> United States | 3
-- computed_product
SELECT country, orders, amount FROM compat.totals ORDER BY country;
> France | 4 | 266.50
> Germany | 4 | 225.50
> Japan | 0 | NULL
> United States | 3 | 184.50
-- cte
WITH big AS (SELECT * FROM compat.orders WHERE amount > 100) SELECT count(*), min(order_id) FROM big;
> 3 | 10
-- window
SELECT order_id, row_number() OVER (PARTITION BY customer ORDER BY amount DESC) AS place FROM compat.orders ORDER BY order_id LIMIT 3;
> 1 | 4
> 2 | 4
> 3 | 4
-- union
SELECT 'a' AS letter UNION ALL SELECT 'b' ORDER BY 1;
> a
> b
-- subquery
SELECT order_id FROM compat.orders WHERE amount = (SELECT max(amount) FROM compat.orders);
> 12
-- exists
SELECT code FROM compat.countries c WHERE NOT EXISTS (SELECT 1 FROM compat.orders o WHERE o.country = c.code);
> JP
-- case_and_coalesce
SELECT CASE WHEN amount >= 100 THEN 'large' ELSE 'small' END AS size, count(*), coalesce(min(country), 'none') FROM compat.orders GROUP BY 1 ORDER BY 1;
> large | 3 | DE
> small | 9 | DE
-- cast_and_text
SELECT CAST(order_id AS varchar) || '/' || upper(customer) FROM compat.orders WHERE order_id = 3;
> 3/CID
-- limit_offset
SELECT order_id FROM compat.orders ORDER BY order_id DESC LIMIT 2 OFFSET 1;
> 11
> 10
-- date_arithmetic
SELECT max(ordered) - min(ordered), extract(year FROM max(ordered))::integer FROM compat.orders;
> 11 | 2024
-- catalogue
SELECT table_name FROM information_schema.tables WHERE table_schema = 'compat' ORDER BY 1;
> countries
> kinds
> orders
> totals
