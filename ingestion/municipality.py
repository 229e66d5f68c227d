"""The old name of `ingestion.configuration.municipality`, for what installations import. Nothing in the project does;
it goes with 2.0.
"""

import warnings

from ingestion.configuration.municipality import Municipality, load_municipalities, load_municipality

__all__ = ["Municipality", "load_municipalities", "load_municipality"]
warnings.warn("ingestion.municipality is now ingestion.configuration.municipality", DeprecationWarning, stacklevel=2)
