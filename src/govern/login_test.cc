// Expected values: the exchange of RFC 7677, section 3.
#include "govern/login.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "govern/world_test_util.h"
#include "io/crypto.h"

namespace weft::govern {
namespace {

constexpr const char* kClientNonce = "rOprNGfwEbeRWgbNEkqO";
constexpr const char* kServerNonce = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
constexpr const char* kNonce = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";

// `user` with password `pencil` and the RFC's salt; two tokens, one of them expired at 100.
struct Accounts {
    std::shared_ptr<const meta::State> state;
    UserId user;
    std::string living = NewTokenText();
    std::string expiring = NewTokenText();

    Accounts() {
        meta::Draft draft(std::make_shared<const meta::State>(), {});
        user = {draft.NewId()};
        const std::string salt = FromBase64("W22ZaJ0SNY7soEsUEjb6gQ==").value();
        draft.Put(meta::User{.id = user,
                             .name = "user",
                             .admin = false,
                             .salt = salt,
                             .iterations = 4'096,
                             .password = MakeVerifier("pencil", salt, 4'096),
                             .created = {}});
        for (const std::string& text : {living, expiring}) {
            const TokenId id{draft.NewId()};
            draft.Put(meta::Token{
                .id = id,
                .user = user,
                .label = {},
                .verifier = MakeVerifier(text, salt, 4'096),
                .lookup = TokenLookup(text),
                .created = {},
                .expires = text == expiring ? std::optional(Timestamp{100}) : std::nullopt});
        }
        draft.Put(meta::User{.id = UserId{draft.NewId()},
                             .name = "tokens_only",
                             .admin = false,
                             .salt = NewSalt(),
                             .iterations = 4'096,
                             .password = {},
                             .created = {}});
        state = draft.Finish();
    }
    ScramExchange Exchange(const std::string& name = "user", int64_t now = 0) const {
        return ScramExchange(state, name, std::string(32, 'm'), Timestamp{now}, kServerNonce);
    }
};

// The client's side, written from the RFC on its own.
std::string ClientFinal(const std::string& secret, const std::string& server_first,
                        const std::string& header = "n,,") {
    const auto parts = Split(server_first, ',');
    const std::string salt = FromBase64(parts[1].substr(2)).value();
    const auto iterations = static_cast<uint32_t>(std::stoul(parts[2].substr(2)));
    const std::string salted = io::Pbkdf2Sha256(secret, salt, iterations);
    const std::string client_key = io::HmacSha256(salted, "Client Key");
    const std::string head = "c=" + Base64(header) + "," + parts[0];
    const std::string message =
        std::string("n=user,r=") + kClientNonce + "," + server_first + "," + head;
    std::string proof = io::HmacSha256(io::Sha256(client_key), message);
    for (size_t i = 0; i < proof.size(); ++i) {
        proof[i] = static_cast<char>(proof[i] ^ client_key[i]);
    }
    return head + ",p=" + Base64(proof);
}

std::string ClientFirst(const std::string& header = "n,,") {
    return header + "n=user,r=" + kClientNonce;
}

TEST(Scram, TheExchangeOfRfc7677) {
    const Accounts accounts;
    ScramExchange exchange = accounts.Exchange();
    EXPECT_EQ(exchange.First("n,,n=user,r=rOprNGfwEbeRWgbNEkqO").value(),
              std::string("r=") + kNonce + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096");
    const auto final = exchange.Final(std::string("c=biws,r=") + kNonce +
                                      ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
    ASSERT_TRUE(final) << final.error().message;
    EXPECT_EQ(*final, "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
    EXPECT_EQ(exchange.principal().name, "user");
    EXPECT_EQ(exchange.principal().token.value, 0u);
}

TEST(Scram, TokensWorkAsPasswordsUntilTheyExpire) {
    const Accounts accounts;
    for (const auto& [text, now, works] :
         {std::tuple(accounts.living, 0, true), std::tuple(accounts.expiring, 99, true),
          std::tuple(accounts.expiring, 100, false), std::tuple(NewTokenText(), 0, false)}) {
        ScramExchange exchange = accounts.Exchange("user", now);
        const std::string first = exchange.First(ClientFirst()).value();
        const auto final = exchange.Final(ClientFinal(text, first));
        EXPECT_EQ(final.has_value(), works) << now;
        if (final) {
            EXPECT_NE(exchange.principal().token.value, 0u);
        }
    }
}

TEST(Scram, UnknownUsersLookLikeWrongPasswords) {
    const Accounts accounts;
    ScramExchange unknown = accounts.Exchange("nobody");
    ScramExchange again = accounts.Exchange("nobody");
    ScramExchange other = accounts.Exchange("nobody2");
    const std::string first = unknown.First(ClientFirst()).value();
    EXPECT_EQ(again.First(ClientFirst()).value(), first);  // The salt does not change.
    EXPECT_NE(other.First(ClientFirst()).value(), first);
    EXPECT_NE(first.find(",i=32768"), std::string::npos);
    const auto refused = unknown.Final(ClientFinal("pencil", first));
    EXPECT_EQ(refused.error().code, Code::kDenied);
    EXPECT_EQ(refused.error().sqlstate, "28P01");
    ScramExchange wrong = accounts.Exchange();
    const std::string server_first = wrong.First(ClientFirst()).value();
    EXPECT_EQ(wrong.Final(ClientFinal("pencils", server_first)).error().sqlstate, "28P01");
}

TEST(Scram, AUserWithoutPasswordIsRefused) {
    const Accounts accounts;
    ScramExchange exchange = accounts.Exchange("tokens_only");
    const std::string first = exchange.First(ClientFirst()).value();
    EXPECT_EQ(exchange.Final(ClientFinal("", first)).error().sqlstate, "28P01");
}

TEST(Scram, ChannelBindingThatWasNotOfferedIsRefusedAndYIsFine) {
    const Accounts accounts;
    ScramExchange bound = accounts.Exchange();
    EXPECT_EQ(bound.First(ClientFirst("p=tls-server-end-point,,")).error().sqlstate, "08P01");
    ScramExchange would = accounts.Exchange();
    const std::string first = would.First(ClientFirst("y,,")).value();
    EXPECT_TRUE(would.Final(ClientFinal("pencil", first, "y,,")));
    ScramExchange mixed = accounts.Exchange();
    const std::string again = mixed.First(ClientFirst("y,,")).value();
    EXPECT_EQ(mixed.Final(ClientFinal("pencil", again, "n,,")).error().sqlstate, "08P01");
}

TEST(Scram, OneAttemptInOrderWithTheWholeNonce) {
    const Accounts accounts;
    ScramExchange early = accounts.Exchange();
    EXPECT_EQ(early.Final("c=biws,r=x,p=").error().sqlstate, "08P01");
    ScramExchange exchange = accounts.Exchange();
    const std::string first = exchange.First(ClientFirst()).value();
    EXPECT_EQ(exchange.First(ClientFirst()).error().sqlstate, "08P01");
    EXPECT_FALSE(exchange.Final(ClientFinal("wrong", first)));
    EXPECT_EQ(exchange.Final(ClientFinal("pencil", first)).error().sqlstate, "08P01");
    ScramExchange cut = accounts.Exchange();
    std::string final = ClientFinal("pencil", cut.First(ClientFirst()).value());
    final.erase(final.find(",p=") - 1, 1);
    EXPECT_EQ(cut.Final(final).error().sqlstate, "08P01");
}

TEST(Scram, MalformedMessagesAreRefused) {
    const Accounts accounts;
    for (const std::string& bad :
         {std::string(), std::string("n"), std::string("n,,"), std::string("n,,n=user"),
          std::string("n,,r=abc"), std::string("n,,n=user,r="), std::string("n,,m=x,n=user,r=a"),
          std::string("n,a=root,n=user,r=abc"), std::string("x,,n=user,r=abc"),
          std::string("n,,n=user,r=a\x01"), "n,,n=user,r=" + std::string(3'000, 'a'),
          std::string("n,,n=\xff,r=abc")}) {
        ScramExchange exchange = accounts.Exchange();
        EXPECT_FALSE(exchange.First(bad)) << bad.substr(0, 40);
    }
    for (const std::string& bad :
         {std::string(), std::string("c=biws"), std::string("p=AAAA"),
          std::string("c=biws,r=") + kNonce + ",p=AAAA", std::string("c=biws,r=") + kNonce + ",p=!",
          std::string(3'000, 'a')}) {
        ScramExchange exchange = accounts.Exchange();
        ASSERT_TRUE(exchange.First(ClientFirst()));
        EXPECT_FALSE(exchange.Final(bad)) << bad.substr(0, 40);
    }
}

TEST(Scram, NoncesOfTheServerAreFreshAndLongEnough) {
    const Accounts accounts;
    std::set<std::string> seen;
    for (int i = 0; i < 20; ++i) {
        ScramExchange exchange(accounts.state, "user", "m", {});
        const std::string first = exchange.First(ClientFirst()).value();
        const std::string nonce = Split(first, ',')[0].substr(2 + std::string(kClientNonce).size());
        EXPECT_EQ(FromBase64(nonce)->size(), 18u);
        EXPECT_TRUE(seen.insert(nonce).second);
    }
}

TEST(Login, TokensOpenUntilTheyExpire) {
    const Accounts accounts;
    const auto in = LoginWithToken(*accounts.state, accounts.living, {});
    ASSERT_TRUE(in);
    EXPECT_EQ(in->name, "user");
    EXPECT_NE(in->token.value, 0u);
    EXPECT_TRUE(LoginWithToken(*accounts.state, accounts.expiring, Timestamp{99}));
    EXPECT_EQ(LoginWithToken(*accounts.state, accounts.expiring, Timestamp{100}).error().sqlstate,
              "28P01");
    for (const std::string& bad :
         {std::string(), std::string("weft_"), NewTokenText(), accounts.living + "x",
          accounts.living.substr(1), std::string(1u << 20, 'w')}) {
        EXPECT_EQ(LoginWithToken(*accounts.state, bad, {}).error().code, Code::kDenied);
    }
}

TEST(Login, SecretsAreThePasswordOrATokenOfThatUser) {
    const Accounts accounts;
    const auto login = [&](const char* user, const std::string& secret) {
        return LoginWithSecret(*accounts.state, user, secret, {});
    };
    EXPECT_EQ(login("user", "pencil")->token.value, 0u);
    EXPECT_NE(login("user", accounts.living)->token.value, 0u);
    EXPECT_EQ(login("user", "pencil ").error().sqlstate, "28P01");
    EXPECT_FALSE(login("user", ""));
    EXPECT_FALSE(login("nobody", "pencil"));
    EXPECT_FALSE(login("tokens_only", ""));
    EXPECT_FALSE(login("tokens_only", accounts.living));  // Another user's token.
    EXPECT_EQ(login("nobody", "x").error().hint, login("user", "x").error().hint);
}

TEST(Login, NewSecretsAreLongAndFresh) {
    const std::string token = NewTokenText();
    EXPECT_EQ(token.size(), 5u + 43u);
    EXPECT_TRUE(token.starts_with("weft_"));
    EXPECT_NE(NewTokenText(), token);
    EXPECT_EQ(NewSalt().size(), 16u);
    EXPECT_NE(NewSalt(), NewSalt());
    EXPECT_EQ(TokenLookup("abc"),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Login, PasswordsArePlainText) {
    EXPECT_TRUE(CheckPassword("correct horse"));
    EXPECT_TRUE(CheckPassword("Grüße"));
    EXPECT_FALSE(CheckPassword(""));
    EXPECT_FALSE(CheckPassword("a\nb"));
    EXPECT_FALSE(CheckPassword("\xff"));
    EXPECT_FALSE(CheckPassword(std::string(1'025, 'a')));
}

}  // namespace
}  // namespace weft::govern
