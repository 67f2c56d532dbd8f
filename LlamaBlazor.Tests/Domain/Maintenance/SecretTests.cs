using LlamaBlazor.Domain.Maintenance;

namespace LlamaBlazor.Tests.Domain.Maintenance;

/// <summary>What counts as a secret where nobody says so, and the box that a pass phrase opens.</summary>
public sealed class SecretTests
{
    [Theory]
    [InlineData("hf_token", true)]
    [InlineData("apiKey", true)]
    [InlineData("api_key", true)]
    [InlineData("OPENAI_API_KEY", true)]
    [InlineData("userPassword", true)]
    [InlineData("client_secret", true)]
    [InlineData("max_tokens", false)]
    [InlineData("tokens_per_second", false)]
    [InlineData("prompt_tokens", false)]
    [InlineData("token_count", false)]
    [InlineData("bos_token", false)]
    [InlineData("api_key_file", false)]
    [InlineData("tokenizer", false)]
    [InlineData("cache_key", false)]
    [InlineData("name", false)]
    public void Names_AreToldApart(string name, bool secret) => Assert.Equal(secret, SecretWords.IsSecret(name));

    [Theory]
    [InlineData("hf_token", "anything", "#")]
    [InlineData(
        "value",
        "{\"a\":{\"apiKey\":\"k\",\"n\":1},\"b\":[{\"password\":\"p\"}]}",
        "{\"a\":{\"apiKey\":\"#\",\"n\":1},\"b\":[{\"password\":\"#\"}]}"
    )]
    [InlineData("value", "{ \"a\" : 1 }", "{ \"a\" : 1 }")]
    [InlineData("value", "{not json --api-key abc", "{not json --api-key #")]
    [InlineData("line", "llama-server --hf-token=abc -m x", "llama-server --hf-token=# -m x")]
    [InlineData("line", "HF_TOKEN=abc mlenv up", "HF_TOKEN=# mlenv up")]
    [InlineData("line", "curl -H 'Authorization: Bearer abc.def'", "curl -H 'Authorization: Bearer #'")]
    [InlineData("line", "see hf_abcdefghijklmnopqrstuvwxyz there", "see # there")]
    [InlineData("line", "nothing here", "nothing here")]
    [InlineData("hf_token", "", "")]
    [InlineData(
        "value",
        "{\"custom_params\":\"{\\u0022hf_token\\u0022:\\u0022deep\\u0022}\"}",
        "{\"custom_params\":\"{\\u0022hf_token\\u0022:\\u0022#\\u0022}\"}"
    )]
    public void Secrets_AreReplaced_WhereverTheyAre(string name, string value, string expected) =>
        Assert.Equal(expected, SecretWords.Replace(name, value, _ => "#"));

    [Fact]
    public void Numbers_AndNothing_StayAsTheyAre()
    {
        Assert.Equal(5L, SecretWords.Replace("max_tokens", 5L, _ => "#"));
        Assert.Null(SecretWords.Replace("hf_token", null, _ => "#"));
    }

    [Fact]
    public void Box_IsOpenedByItsPhraseAlone_AndShowsNothing()
    {
        var box = SealedText.Seal("{\"hf_token\":\"hf_secret\"}", "correct horse").Value;
        Assert.Equal("{\"hf_token\":\"hf_secret\"}", box.Open("correct horse").Value);
        Assert.Contains("not the pass phrase", box.Open("correct house").Failure!.Errors!["passphrase"][0]);
        Assert.Contains("pass phrase", box.Open(null).Failure!.Errors!["passphrase"][0]);
        Assert.DoesNotContain("hf_secret", box.ToString());
        Assert.NotEqual(box.Data, SealedText.Seal("{\"hf_token\":\"hf_secret\"}", "correct horse").Value.Data);
        Assert.Equal("passphrase", Assert.Single(SealedText.Seal("x", "short").Failure!.Errors!).Key);
    }

    [Fact]
    public void ChangedOrForeignBox_IsRefused_WithoutWork()
    {
        var box = SealedText.Seal("text", "correct horse").Value;
        var changed = Convert.FromBase64String(box.Data);
        changed[0] ^= 1;
        Assert.NotNull((box with { Data = Convert.ToBase64String(changed) }).Open("correct horse").Failure);
        Assert.NotNull((box with { Data = "?" }).Open("correct horse").Failure);
        Assert.NotNull((box with { Nonce = "AAAA" }).Open("correct horse").Failure);
        Assert.NotNull((box with { Iterations = int.MaxValue }).Open("correct horse").Failure);
        Assert.NotNull((box with { Cipher = "ROT13" }).Open("correct horse").Failure);
    }
}
