"""Reading and ranking candidates."""

from modelpress.candidates.candidate import Candidate, CandidateSet, Metric
from modelpress.candidates.locating.locate import LocatedModel, ModelSearch, locate
from modelpress.candidates.ranking.document import ranking_document
from modelpress.candidates.ranking.explanation import explain
from modelpress.candidates.ranking.policy import RankingPolicy, parse_policy
from modelpress.candidates.ranking.ranking import Ranked, Ranking, rank
from modelpress.candidates.reading.recognition import read

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
