"""The expectations themselves, as data: what should hold, from when it does not, why, and what to do."""
