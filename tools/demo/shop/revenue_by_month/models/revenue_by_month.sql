SELECT date_trunc('month', o.ordered_at)::date AS month,
       count(DISTINCT o.order_id) AS orders,
       sum(i.quantity) AS items,
       sum(i.quantity * i.unit_price) AS revenue
FROM orders o JOIN items i USING (order_id)
WHERE o.status <> 'cancelled'
GROUP BY 1
