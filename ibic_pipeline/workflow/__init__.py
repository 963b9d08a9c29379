"""What is done to one municipality and to the county, step by step, as plain functions that leave files behind."""
