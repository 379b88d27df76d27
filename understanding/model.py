"""The linear model behind the classifier: word and character n-grams, one softmax over all labels.

Kept apart from Rasa so that it can be trained, measured and read without it.
"""

from __future__ import annotations

import random
from typing import Dict, List, Sequence, Tuple

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from understanding.text import normalised


class Features:
    """Character n-grams within words (spelling, endings, scripts without spaces) and words with their neighbours."""

    def __init__(self, min_df: int = 2) -> None:
        self.characters = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(2, 5), min_df=min_df, sublinear_tf=True, dtype=np.float32
        )
        self.words = TfidfVectorizer(
            analyzer="word", ngram_range=(1, 2), token_pattern=r"\S+", sublinear_tf=True, dtype=np.float32
        )

    def fit(self, texts: Sequence[str]) -> "sparse.csr_matrix":
        return sparse.hstack(
            [self.characters.fit_transform(texts), self.words.fit_transform(texts)], format="csr"
        )

    def of(self, texts: Sequence[str]) -> "sparse.csr_matrix":
        return sparse.hstack([self.characters.transform(texts), self.words.transform(texts)], format="csr")


class Model:
    """Labels with probabilities for a text.

    A text with two needs is learned from pairs of examples put one behind the other, labelled with each
    of the two, so that both stand high in the ranking when both are said.
    """

    def __init__(self, c: float = 20.0, pairs: float = 0.25, seed: int = 7) -> None:
        self.c = c
        self.pairs = pairs
        self.seed = seed
        self.features = Features()
        self.labels: List[str] = []
        self.weights: np.ndarray = np.zeros((0, 0), dtype=np.float32)
        self.bias: np.ndarray = np.zeros(0, dtype=np.float32)

    def train(self, examples: Sequence[Tuple[str, str, str]]) -> None:
        """Fits the model.

        Args:
            examples: (masked text, label, group) each; pairs are only made within a group (a language).
        """
        texts = [normalised(text) for text, _, _ in examples]
        labels = [label for _, label, _ in examples]
        extra = self._pairs([(t, l, g) for t, (_, l, g) in zip(texts, examples)])
        matrix = self.features.fit(texts)
        weight = np.ones(len(texts), dtype=np.float64)
        if extra:
            matrix = sparse.vstack([matrix, self.features.of([t for t, _ in extra])], format="csr")
            labels = labels + [label for _, label in extra]
            weight = np.concatenate([weight, np.full(len(extra), 0.5)])
        classifier = LogisticRegression(
            C=self.c,
            max_iter=60,
            tol=1e-3,
            class_weight="balanced",
            multi_class="multinomial",
            solver="lbfgs",
        )
        classifier.fit(matrix, labels, sample_weight=weight)
        self.labels = [str(label) for label in classifier.classes_]
        self.weights = np.ascontiguousarray(classifier.coef_.T.astype(np.float32))
        self.bias = classifier.intercept_.astype(np.float32)

    def _pairs(self, examples: Sequence[Tuple[str, str, str]]) -> List[Tuple[str, str]]:
        chance = random.Random(self.seed)
        groups: Dict[str, List[Tuple[str, str]]] = {}
        for text, label, group in examples:
            if label.startswith("need/"):
                groups.setdefault(group, []).append((text, label))
        made: List[Tuple[str, str]] = []
        for members in groups.values():
            for _ in range(int(len(members) * self.pairs)):
                (first, one), (second, two) = chance.sample(members, 2)
                if one != two:
                    joined = first + " " + second
                    made.extend([(joined, one), (joined, two)])
        return made

    def probabilities(self, texts: Sequence[str]) -> np.ndarray:
        """Probabilities, shape (texts, labels), of texts that are masked but not normalised."""
        scores = self.features.of([normalised(text) for text in texts]) @ self.weights + self.bias
        scores -= scores.max(axis=1, keepdims=True)
        raised = np.exp(scores)
        return np.asarray(raised / raised.sum(axis=1, keepdims=True))
