class Backtrail < Formula
  desc "Audit AWS CloudTrail archives offline"
  homepage "@ADDRESS@"
  version "@VERSION@"
  license "Apache-2.0"

  on_macos do
    on_arm do
      url "@ADDRESS@/releases/download/v@VERSION@/backtrail-@VERSION@-aarch64-apple-darwin.tar.gz"
      sha256 "@SHA256 aarch64-apple-darwin@"
    end
    on_intel do
      url "@ADDRESS@/releases/download/v@VERSION@/backtrail-@VERSION@-x86_64-apple-darwin.tar.gz"
      sha256 "@SHA256 x86_64-apple-darwin@"
    end
  end

  on_linux do
    on_arm do
      url "@ADDRESS@/releases/download/v@VERSION@/backtrail-@VERSION@-aarch64-unknown-linux-gnu.tar.gz"
      sha256 "@SHA256 aarch64-unknown-linux-gnu@"
    end
    on_intel do
      url "@ADDRESS@/releases/download/v@VERSION@/backtrail-@VERSION@-x86_64-unknown-linux-gnu.tar.gz"
      sha256 "@SHA256 x86_64-unknown-linux-gnu@"
    end
  end

  def install
    bin.install "backtrail"
    man1.install Dir["man/*.1"]
    bash_completion.install "completions/backtrail.bash" => "backtrail"
    zsh_completion.install "completions/_backtrail"
    fish_completion.install "completions/backtrail.fish"
  end

  test do
    assert_match "backtrail #{version}", shell_output("#{bin}/backtrail --version")
    system bin/"backtrail", "pattern", "check", "{ $.eventName = \"GetSecretValue\" }"
  end
end
