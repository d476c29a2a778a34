"""The assortment of the demo supplier: doors, trim, hardware and advertising materials, about 2,000 positions."""
