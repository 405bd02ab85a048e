// SPDX-License-Identifier: MIT OR Apache-2.0
// What scripts/interop has packages of the npm registry do. It is read from standard input, so that
// they are looked for from the working directory.
//
// usage: node --input-type=module - COMMAND <in_node.mjs
//   jcs FILE            canonicalize writes FILE canonically
//   print FILE          JSON.stringify writes FILE
//   verify BUNDLE PEM   @sigstore/verify verifies with a public key
//   sign FILE TYPE PEM  @sigstore/sign signs with a private key: a bundle
//   cyclonedx FILE V    CycloneDX's strict validator judges FILE as version V
//   cyclonedx-write DIR CycloneDX's library writes a bill of materials of a model
//   schema FILE SCHEMA  ajv validates FILE by a JSON schema of 2020-12
//
// Ends with 1 when the package refuses, with 3 when something else is wrong.
import { createPrivateKey, createPublicKey, sign as signBytes } from "node:crypto";
import { readFileSync, writeSync } from "node:fs";

class Refused extends Error {}

// To the end, whatever reads it: process.exit does not wait for a pipe.
function put(text) {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(1, bytes, at);
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
    }
  }
}

const commands = {
  async jcs(file) {
    const { default: canonicalize } = await import("canonicalize");
    const value = JSON.parse(readFileSync(file, "utf8"));
    let text;
    try {
      text = canonicalize(value);
    } catch (error) {
      throw new Refused(error.message);
    }
    put(text);
  },

  print(file) {
    put(JSON.stringify(JSON.parse(readFileSync(file, "utf8"))));
  },

  async verify(file, pem) {
    const { bundleFromJSON, ValidationError } = await import("@sigstore/bundle");
    const { toSignedEntity, toTrustMaterial, VerificationError, Verifier } =
      await import("@sigstore/verify");
    const key = { publicKey: createPublicKey(readFileSync(pem)), validFor: () => true };
    const root = { certificateAuthorities: [], timestampAuthorities: [], tlogs: [], ctlogs: [] };
    const text = JSON.parse(readFileSync(file, "utf8"));
    try {
      const entity = toSignedEntity(bundleFromJSON(text));
      new Verifier(toTrustMaterial(root, () => key), {
        tlogThreshold: 0, ctlogThreshold: 0, tsaThreshold: 0, timestampThreshold: 0,
      }).verify(entity);
    } catch (error) {
      if (!(error instanceof VerificationError || error instanceof ValidationError)) throw error;
      throw new Refused(`${error.code ?? error.fields}: ${error.message}`);
    }
  },

  async sign(file, type, pem) {
    const { DSSEBundleBuilder } = await import("@sigstore/sign");
    const { bundleToJSON } = await import("@sigstore/bundle");
    const secret = createPrivateKey(readFileSync(pem));
    const publicKey = createPublicKey(secret).export({ type: "spki", format: "pem" });
    const signer = {
      sign: async (data) => ({
        signature: signBytes(null, data, secret),
        key: { $case: "publicKey", publicKey, hint: "" },
      }),
    };
    const bundle = await new DSSEBundleBuilder({ signer, witnesses: [] })
      .create({ data: readFileSync(file), type });
    put(JSON.stringify(bundleToJSON(bundle)));
  },

  async cyclonedx(file, version) {
    const { Spec, Validation } = await import("@cyclonedx/cyclonedx-library");
    const validator = new Validation.JsonStrictValidator(version);
    if (!Object.values(Spec.Version).includes(version)) throw new Error(`no version ${version}`);
    const problem = await validator.validate(readFileSync(file, "utf8"));
    if (problem !== null) throw new Refused(JSON.stringify(problem).slice(0, 400));
  },

  async "cyclonedx-write"() {
    const { Enums, Models, Serialize, Spec } = await import("@cyclonedx/cyclonedx-library");
    const model = new Models.Component(Enums.ComponentType.MachineLearningModel, "orchid", {
      version: "1",
      hashes: new Models.HashDictionary([[Enums.HashAlgorithm.BLAKE3, "5a".repeat(32)]]),
      licenses: new Models.LicenseRepository([new Models.SpdxLicense("Apache-2.0")]),
    });
    const bom = new Models.Bom({ metadata: new Models.Metadata({ component: model }) });
    bom.components.add(new Models.Component(Enums.ComponentType.Data, "meadow"));
    const normalizers = new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6);
    put(new Serialize.JsonSerializer(normalizers).serialize(bom));
  },

  async schema(file, schema) {
    const { default: Ajv } = await import("ajv/dist/2020.js");
    const ajv = new (Ajv.default ?? Ajv)({ strict: false });
    const judge = ajv.compile(JSON.parse(readFileSync(schema, "utf8")));
    if (!judge(JSON.parse(readFileSync(file, "utf8")))) {
      throw new Refused(JSON.stringify(judge.errors).slice(0, 400));
    }
  },
};

const [name, ...words] = process.argv.slice(2);
try {
  await commands[name](...words);
} catch (error) {
  const refused = error instanceof Refused;
  process.stderr.write(`${refused ? "refused" : "failed"}: ${error.message}\n`);
  process.exitCode = refused ? 1 : 3;
}
