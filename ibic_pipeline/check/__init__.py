"""What a sender learns of files before they are sent, and what becomes of values that no code list knows."""
