"""Ranking: the policy, the Pareto front, the order and the reasons."""
