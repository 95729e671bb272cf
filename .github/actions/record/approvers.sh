# Prints who approved the pull request of a commit, separated by commas: the people whose last verdict on it is an approval.
# Reads GITHUB_REPOSITORY, GITHUB_SHA and PULL_REQUEST, the number of the pull request where it is known. Needs gh with GH_TOKEN.
set -euo pipefail

number="${PULL_REQUEST:-}"
if [ -z "$number" ]; then
  number="$(gh api "repos/$GITHUB_REPOSITORY/commits/$GITHUB_SHA/pulls" --jq '[.[] | select(.merged_at != null)][0].number // empty')"
fi
if [ -n "$number" ]; then
  gh pr view "$number" --repo "$GITHUB_REPOSITORY" --json reviews --jq '
    [.reviews[] | select(.state == "APPROVED" or .state == "CHANGES_REQUESTED" or .state == "DISMISSED")]
    | group_by(.author.login) | map(last | select(.state == "APPROVED") | .author.login) | join(", ")'
fi
