"""What no single row shows: expectations on tables, deliveries and the county, measured as counts and scored by
thresholds that can change without measuring again."""
