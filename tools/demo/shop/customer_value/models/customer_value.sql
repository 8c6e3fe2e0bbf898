SELECT c.customer_id, c.name, c.country,
       count(DISTINCT o.order_id) AS orders,
       coalesce(sum(i.quantity * i.unit_price), 0) AS spent
FROM customers c
LEFT JOIN orders o ON o.customer_id = c.customer_id AND o.status <> 'cancelled'
LEFT JOIN items i ON i.order_id = o.order_id
GROUP BY ALL
