"""Needs of the vocabulary from the texts of services, and from what residents write.

Imported records carry no codes of ours, only names, descriptions and the names of taxonomy terms.
"""

from directory_client.classify.questions import needs_of_words, words_of
from directory_client.classify.services import ServiceTexts, needs_of
from directory_client.classify.synonyms import expand

__all__ = ["ServiceTexts", "expand", "needs_of", "needs_of_words", "words_of"]
