"""The linear model behind the classifier: word and character n-grams and ideas, one separating plane for each label.

Kept apart from Rasa so that it can be trained, measured and read without it. docs/understanding.md compares it
with DIET and with logistic regression.
"""

from __future__ import annotations

import random
from typing import Dict, List, Optional, Sequence, Tuple

import joblib
import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.multiclass import OneVsRestClassifier
from sklearn.svm import LinearSVC

from understanding.ideas import Ideas, terms
from understanding.text import normalised
from understanding.two_needs import TwoNeeds

THREADS = 2
Example = Tuple[str, str, str]
"""(masked text, label, group): two examples of one group, a script, may be put together."""


class Features:
    """Character n-grams within words (spelling, endings, scripts without spaces), words with their neighbours, and
    ideas, which languages share."""

    def __init__(self, ideas: Ideas) -> None:
        self.ideas = ideas
        self.of_ideas = TfidfVectorizer(analyzer=terms, min_df=2, sublinear_tf=True, dtype=np.float32)
        self.characters = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(2, 5), min_df=2, sublinear_tf=True, dtype=np.float32
        )
        self.words = TfidfVectorizer(
            analyzer="word", ngram_range=(1, 2), token_pattern=r"\S+", min_df=2, sublinear_tf=True, dtype=np.float32
        )

    def fit(self, texts: Sequence[str]) -> "sparse.csr_matrix":
        named = [self.ideas.of(text) for text in texts]
        blocks = [
            self.characters.fit_transform(texts),
            self.words.fit_transform(texts),
            self.of_ideas.fit_transform(named),
        ]
        for vectorizer in (self.characters, self.words, self.of_ideas):
            # Every n-gram that was too rare, kept for the curious: half a million texts in memory for nothing.
            vars(vectorizer).pop("stop_words_", None)
        return sparse.hstack(blocks, format="csr")

    def of(self, texts: Sequence[str]) -> "sparse.csr_matrix":
        named = [self.ideas.of(text) for text in texts]
        blocks = [self.characters.transform(texts), self.words.transform(texts)]
        return sparse.hstack([*blocks, self.of_ideas.transform(named)], format="csr")


class Model:
    """Margins of labels for a text.

    A text with two needs is learned from pairs of examples put one behind the other, which belong to both.

    Args:
        c: weight of mistakes against simplicity.
        pairs: made pairs, as a share of the examples with a need.
    """

    def __init__(self, c: float = 0.3, pairs: float = 1.0, seed: int = 7, ideas: Optional[Ideas] = None) -> None:
        self.c = c
        self.pairs = pairs
        self.seed = seed
        self.features = Features(ideas or Ideas.load())
        self.labels: List[str] = []
        self.weights: np.ndarray = np.zeros((0, 0), dtype=np.float16)
        self.bias: np.ndarray = np.zeros(0, dtype=np.float32)

    def train(self, examples: Sequence[Example], two: Sequence[TwoNeeds] = ()) -> None:
        """Fits the model; about ten seconds for 16,000 examples of 78 labels on one core.

        Args:
            two: messages with two needs as people write them, beside the pairs that are made.
        """
        plain = [(normalised(text), label, group) for text, label, group in examples]
        self.labels = sorted({label for _, label, _ in plain})
        index = {label: number for number, label in enumerate(self.labels)}
        extra = [*self._pairs(plain), *((normalised(text), main, further) for text, main, further in two)]
        truth = np.zeros((len(plain) + len(extra), len(self.labels)), dtype=np.int8)
        for row, (_, label, _) in enumerate(plain):
            truth[row, index[label]] = 1
        for row, (_, one, two) in enumerate(extra, len(plain)):
            truth[row, index[one]] = truth[row, index[two]] = 1
        matrix = self.features.fit([text for text, _, _ in plain])
        if extra:
            matrix = sparse.vstack([matrix, self.features.of([text for text, _, _ in extra])], format="csr")
        # In the form that liblinear wants, once and not for each label; it lets go of the interpreter while it works.
        matrix = matrix.astype(np.float64)
        matrix.sum_duplicates()
        planes = OneVsRestClassifier(LinearSVC(C=self.c, tol=1e-2, random_state=self.seed), n_jobs=THREADS)
        with joblib.parallel_backend("threading"):
            planes.fit(matrix, truth)
        # Half as many bytes; what is lost is less than a thousandth of a margin.
        self.weights = np.ascontiguousarray(
            np.vstack([plane.coef_[0] for plane in planes.estimators_]).T.astype(np.float16)
        )
        self.bias = np.array([plane.intercept_[0] for plane in planes.estimators_], dtype=np.float32)

    def _pairs(self, examples: Sequence[Example]) -> List[Tuple[str, str, str]]:
        chance = random.Random(self.seed)
        groups: Dict[str, List[Tuple[str, str]]] = {}
        for text, label, group in examples:
            if label.startswith("need/"):
                groups.setdefault(group, []).append((text, label))
        made: List[Tuple[str, str, str]] = []
        for members in groups.values():
            for _ in range(int(len(members) * self.pairs)):
                (first, one), (second, two) = chance.choice(members), chance.choice(members)
                if one != two:
                    made.append((f"{first} {second}", one, two))
        return made

    def margins(self, texts: Sequence[str]) -> np.ndarray:
        """Distances from the planes, shape (texts, labels), of texts that are masked but not normalised."""
        matrix = self.features.of([normalised(text) for text in texts])
        used = np.unique(matrix.indices)
        return np.asarray(matrix[:, used] @ self.weights[used].astype(np.float32) + self.bias)
