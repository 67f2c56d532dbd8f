namespace LlamaBlazor.Tests.Support;

/// <summary>Damages files: flipped bits, lying counts, cut ends, pieces copied to where they do not belong.</summary>
public static class GgufMutation
{
    /// <summary>A copy with one to seven changes.</summary>
    public static byte[] Of(byte[] seed, Random random)
    {
        var bytes = (byte[])seed.Clone();
        for (var change = random.Next(1, 8); change > 0; change--)
        {
            var at = random.Next(bytes.Length);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2 when at + 8 <= bytes.Length: // a count or length of the worst kind
                    BitConverter.TryWriteBytes(
                        bytes.AsSpan(at),
                        random.Next(3) switch
                        {
                            0 => ulong.MaxValue,
                            1 => 1ul << 63,
                            _ => 1ul << random.Next(64),
                        }
                    );
                    break;
                case 3 when at > 24:
                    bytes = bytes[..at];
                    break;
                default: // a piece again, somewhere else: keys and tensors twice
                    var piece = bytes.AsSpan(at, Math.Min(random.Next(1, 64), bytes.Length - at)).ToArray();
                    piece.CopyTo(bytes.AsSpan(random.Next(bytes.Length - piece.Length + 1)));
                    break;
            }
        }

        return bytes;
    }
}
