"""Reading and ranking candidates."""

from modelpress.candidates.candidate import Candidate, CandidateSet, Metric
from modelpress.candidates.document import ranking_document
from modelpress.candidates.explanation import explain
from modelpress.candidates.locate import LocatedModel, ModelSearch, locate
from modelpress.candidates.policy import RankingPolicy, parse_policy
from modelpress.candidates.ranking import Ranked, Ranking, rank
from modelpress.candidates.recognition import read

__all__ = [
    "Candidate",
    "CandidateSet",
    "LocatedModel",
    "Metric",
    "ModelSearch",
    "Ranked",
    "Ranking",
    "RankingPolicy",
    "explain",
    "locate",
    "parse_policy",
    "rank",
    "ranking_document",
    "read",
]
