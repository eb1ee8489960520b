-- without a transaction
DROP INDEX CONCURRENTLY IF EXISTS orders_needing_attention_idx;
