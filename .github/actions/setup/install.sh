#!/usr/bin/env bash
# Downloads a release of terraformer-rootly into a directory, and verifies it before anything of it runs:
#
#   install.sh VERSION DIRECTORY
#
# The signature of the checksums says that the release workflow of this repository made them; the checksum says that the
# archive is one of that release. Needs curl, tar, and cosign or gh.
set -euo pipefail

version=${1#v} directory=$2
repository=terraformer-rootly/terraformer-rootly
base=${SETUP_RELEASES:-https://github.com/$repository/releases}/download/v$version

case "$(uname -s)" in
  Linux) os=linux ;;
  Darwin) os=darwin ;;
  MINGW* | MSYS* | CYGWIN*) os=windows ;;
  *) echo "error: there is no release for $(uname -s)" >&2; exit 1 ;;
esac
case "$(uname -m)" in
  x86_64 | amd64) arch=amd64 ;;
  aarch64 | arm64) arch=arm64 ;;
  *) echo "error: there is no release for $(uname -m)" >&2; exit 1 ;;
esac
archive=terraformer-rootly_${version}_${os}_${arch}.tar.gz
if [ "$os" = windows ]; then archive=${archive%.tar.gz}.zip; fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for file in SHA256SUMS SHA256SUMS.sigstore.json "$archive"; do
  curl --fail --silent --show-error --location --retry 5 --output "$work/$file" "$base/$file"
done

cd "$work"
if command -v cosign > /dev/null; then
  cosign verify-blob --bundle SHA256SUMS.sigstore.json \
    --certificate-identity "https://github.com/$repository/.github/workflows/release.yml@refs/tags/v$version" \
    --certificate-oidc-issuer https://token.actions.githubusercontent.com SHA256SUMS
elif command -v gh > /dev/null; then
  gh attestation verify SHA256SUMS --repo "$repository" \
    --signer-workflow "$repository/.github/workflows/release.yml" --source-ref "refs/tags/v$version"
else
  echo "error: cosign or gh is needed to verify the signature" >&2
  exit 1
fi
line=$(grep -F "  $archive" SHA256SUMS) || { echo "error: SHA256SUMS has no $archive" >&2; exit 1; }
if command -v sha256sum > /dev/null; then
  printf '%s\n' "$line" | sha256sum --check --quiet -
else
  printf '%s\n' "$line" | shasum --algorithm 256 --check --quiet -
fi

mkdir -p "$directory"
case "$archive" in
  *.zip) unzip -qo "$archive" terraformer-rootly.exe -d "$directory" ;;
  *) tar -xzf "$archive" -C "$directory" terraformer-rootly ;;
esac
