// A tiny world for tests of this folder, written as text: one fact per line.
//
//     team sales-data: sam sue          user eve admin
//     product sales.orders by sales-data [private] [rules on items]
//     grant sales.orders.items [write] to ana [until 5]
// Only tests include it.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <sstream>
#include <string>

#include "govern/principal.h"
#include "meta/draft.h"

namespace weft::govern {

class World {
  public:
    explicit World(const std::string& text) {
        std::istringstream lines(text);
        for (std::string line; std::getline(lines, line);) Add(line);
        state = draft_.Finish();
    }
    std::shared_ptr<const meta::State> state;

    // "ana", or "product:sales.orders".
    Principal Who(const std::string& name) const {
        if (name.starts_with("product:")) return ProductPrincipal(*state, Product(name.substr(8)));
        const meta::User* user = state->FindUser(name);
        EXPECT_NE(user, nullptr) << name;
        return UserPrincipal(*state, *user);
    }
    const meta::Product& Product(const std::string& full_name) const {
        const size_t dot = full_name.find('.');
        const auto* product =
            state->FindProduct(full_name.substr(0, dot), full_name.substr(dot + 1));
        EXPECT_NE(product, nullptr) << full_name;
        return *product;
    }

  private:
    void Add(const std::string& line) {
        std::istringstream words(line);
        std::string kind;
        if (!(words >> kind)) return;
        if (kind == "user") AddUser(words);
        if (kind == "team") AddTeam(words);
        if (kind == "product") AddProduct(words);
        if (kind == "grant") AddGrant(words);
    }
    UserId User(const std::string& name) {
        if (const auto* user = draft_.state().FindUser(name)) return user->id;
        const UserId id{draft_.NewId()};
        draft_.Put(meta::User{.id = id,
                              .name = name,
                              .admin = false,
                              .salt = std::string(16, 's'),
                              .iterations = 4'096,
                              .password = {},
                              .created = {}});
        return id;
    }
    void AddUser(std::istream& words) {
        std::string name, admin;
        words >> name >> admin;
        meta::User user = *draft_.state().users.at(User(name));
        user.admin = admin == "admin";
        draft_.Put(user);
    }
    void AddTeam(std::istream& words) {
        std::string name, member;
        words >> name;
        name.pop_back();  // The colon.
        meta::Team team{.id = {}, .name = name, .contact = "#" + name, .members = {}};
        while (words >> member) team.members.insert(User(member));
        team.id = {draft_.NewId()};
        draft_.Put(team);
    }
    void AddProduct(std::istream& words) {
        std::string full_name, word, team;
        words >> full_name >> word >> team;
        meta::Product product;
        product.team = draft_.state().FindTeam(team)->id;
        const std::string domain = full_name.substr(0, full_name.find('.'));
        if (draft_.state().FindDomain(domain) == nullptr) {
            const DomainId id{draft_.NewId()};
            draft_.Put(meta::Domain{.id = id, .name = domain, .owner = product.team});
        }
        product.domain = draft_.state().FindDomain(domain)->id;
        product.name = full_name.substr(domain.size() + 1);
        product.spec.output_ports = {model::OutputPort{}, model::OutputPort{}};
        product.spec.output_ports[1].name = "items";
        while (words >> word) {
            if (word == "private") product.spec.is_private = true;
            if (word == "items") product.spec.output_ports[1].minimum_group = 5;
            if (word == "default") product.spec.output_ports[0].minimum_group = 5;
        }
        product.id = {draft_.NewId()};
        draft_.Put(product);
    }
    void AddGrant(std::istream& words) {
        std::string name, word, to;
        words >> name >> word;
        const bool write = word == "write";
        if (write) words >> word;
        words >> to;
        const size_t dot = name.find('.');
        const size_t port = name.find('.', dot + 1);
        const auto* product =
            draft_.state().FindProduct(name.substr(0, dot), name.substr(dot + 1, port - dot - 1));
        meta::Grant grant{.id = {},
                          .product = product->id,
                          .port = port == std::string::npos ? "*" : name.substr(port + 1),
                          .access = write ? model::Access::kWrite : model::Access::kRead,
                          .subject = draft_.state().FindSubject(to).value(),
                          .until = {},
                          .declared = false,
                          .given_by = "test",
                          .created = {}};
        if (int64_t until = 0; words >> word >> until) grant.until = Timestamp{until};
        grant.id = {draft_.NewId()};
        draft_.Put(grant);
    }

    meta::Draft draft_{std::make_shared<const meta::State>(), {}};
};

}  // namespace weft::govern
