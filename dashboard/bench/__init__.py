"""Measuring the atlas on the machine at hand: the map alone, and the whole app.

The records measured with are synthetic and named so; they exist nowhere else. Speeds are printed, never
asserted: a test that fails on a busy machine teaches nobody anything.
"""
