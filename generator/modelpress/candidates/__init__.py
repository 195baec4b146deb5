"""Reading and ranking candidates."""

from modelpress.candidates.candidate import Candidate, CandidateSet, Metric
from modelpress.candidates.policy import RankingPolicy, parse_policy
from modelpress.candidates.ranking import Ranked, Ranking, rank

__all__ = ["Candidate", "CandidateSet", "Metric", "Ranked", "Ranking", "RankingPolicy", "parse_policy", "rank"]
