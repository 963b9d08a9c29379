"""A made-up county: people and histories that follow the IBIC process, and the figures that are true of them.

``histories.simulate`` gives the world, ``truth.true_figures`` its indicators. No pipeline module reads either.
"""
