"""A municipality's reviewed corrections: what its file may say, and how they change records before they are read."""
