import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { composeAggregateReport, parseAggregateReport, reportTargets } from './aggregate.ts';
import { unpackReport } from './unpack.ts';
import { parseXml } from './xml.ts';

describe('reading reports of strangers', () => {
  it('[MAIL-2] reads the sample of RFC 7489 appendix C in its shape, with white space and comments', () => {
    const report = parseAggregateReport(`<?xml version="1.0"?>
<!-- made by hand --><feedback>
  <report_metadata><org_name>acme &amp; co</org_name><email>noreply@acme.test</email>
    <report_id>9391651994964116463</report_id>
    <date_range><begin>1335571200</begin><end>1335657599</end></date_range></report_metadata>
  <policy_published><domain>Example.COM</domain><adkim>r</adkim><aspf>r</aspf><p>none</p><pct>100</pct></policy_published>
  <record><row><source_ip>72.150.241.94</source_ip><count>2</count>
    <policy_evaluated><disposition>none</disposition><dkim>fail</dkim><spf>pass</spf></policy_evaluated></row>
    <identifiers><header_from>example.com</header_from></identifiers>
    <auth_results><dkim><domain>example.com</domain><result>fail</result></dkim></auth_results></record>
  <record><row><source_ip>not an address</source_ip><count>5</count></row></record>
  <record><row><source_ip>2001:db8::1</source_ip><count>-5</count></row></record>
</feedback>`);
    expect(report).toMatchObject({ organisation: 'acme & co', domain: 'example.com', policy: 'none' });
    expect(report?.begin.toISOString()).toBe('2012-04-28T00:00:00.000Z');
    expect(report?.rows).toEqual([
      {
        source: '72.150.241.94',
        count: 2,
        disposition: 'none',
        dkim: false,
        spf: true,
        headerFrom: 'example.com',
      },
    ]);
  });

  it('refuses entity bombs, deep nesting and broken markup, and never throws', () => {
    expect(parseXml('<!DOCTYPE a [<!ENTITY b "x">]><a>&b;</a>')).toBeUndefined();
    expect(parseXml('<a>'.repeat(100_000))).toBeUndefined();
    expect(parseXml('<a><b></a></b>')).toBeUndefined();
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('<', '>', '/', 'a', '!', '-', '[', '&', ';', '?', ' ') }),
        (text) => {
          parseXml(text);
          parseAggregateReport(text);
        },
      ),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        unpackReport(Buffer.from(bytes));
        unpackReport(
          Buffer.concat([
            Buffer.from([0x50, 0x4b, 3, 4]),
            Buffer.from(bytes),
            Buffer.from('PK\x05\x06'),
            Buffer.alloc(18),
          ]),
        );
      }),
    );
  });

  it('a bomb of a hundred megabytes is not unpacked', () => {
    expect(unpackReport(gzipSync(Buffer.alloc(100 * 1024 * 1024, 0x20)))).toBeUndefined();
    expect(unpackReport(gzipSync('<feedback/>'))).toBe('<feedback/>');
  });
});

describe('writing reports', () => {
  it('[MAIL-2] what we write we read, whatever strangers put into names', () => {
    const xml = composeAggregateReport({
      organisation: '北辰大学 <&>',
      contact: 'dmarc@beichen.test',
      id: '1@x',
      domain: 'good.test',
      record: 'v=DMARC1; p=quarantine; adkim=s',
      begin: new Date(0),
      end: new Date(86_399_000),
      seen: [
        {
          count: 3,
          observed: {
            domain: 'good.test',
            address: '192.0.2.1',
            record: '',
            disposition: 'quarantine',
            dkimAligned: false,
            spfAligned: true,
            headerFrom: '"]]><x>&\u0001',
            envelopeFrom: '',
            dkim: [{ domain: 'good.test', selector: 's', result: 'fail' }],
            spf: { domain: 'good.test', result: 'pass' },
            override: 'local_policy',
          },
        },
      ],
    });
    const read = parseAggregateReport(xml);
    expect(read).toMatchObject({ organisation: '北辰大学 <&>', domain: 'good.test', policy: 'quarantine' });
    expect(read?.rows).toEqual([
      {
        source: '192.0.2.1',
        count: 3,
        disposition: 'quarantine',
        dkim: false,
        spf: true,
        headerFrom: '"]]><x>&',
      },
    ]);
  });

  it('takes addresses and size limits out of rua, at most five', () => {
    expect(
      reportTargets(
        'v=DMARC1; p=none; rua=mailto:a@x.test!10m, mailto:b%2Bc@y.test,https://z.test, MAILTO:d@z.test!50k',
      ),
    ).toEqual([
      { address: 'a@x.test', maxBytes: 10 * 2 ** 20 },
      { address: 'b+c@y.test', maxBytes: Infinity },
      { address: 'd@z.test', maxBytes: 51_200 },
    ]);
    expect(reportTargets(`rua=${'mailto:a@x.test,'.repeat(50)}`)).toHaveLength(5);
    expect(reportTargets('v=DMARC1; p=none')).toEqual([]);
  });
});
