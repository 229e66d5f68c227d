"""The old name of `ingestion.privacy.pseudonyms`, for what installations import. Nothing in the project does; it goes
with 2.0.
"""

import warnings

from ingestion.privacy.pseudonyms import Person, Pseudonymiser

__all__ = ["Person", "Pseudonymiser"]
warnings.warn("ingestion.pseudonyms is now ingestion.privacy.pseudonyms", DeprecationWarning, stacklevel=2)
