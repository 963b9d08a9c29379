"""Which figures readers may see, so that no small count can be worked out from those that they do see.

``rules`` says what is small; ``decide`` goes through the indicators; ``patterns`` finds the hidden cells of one family
of them, with ``structures`` (what adds up), ``suppression`` (what must be hidden beside what is hidden), ``intervals``
(how far a hidden count can go), ``earlier`` (the release before) and ``memory``; ``record`` counts what was done.
``attack`` and its ``system`` try to undo all this from releases alone; with the rest they share ``intervals`` only.
"""
