"""What a municipality's profile means, how two differ, and a first draft of one from the files themselves."""
